-- What was traded on each chain, day by day: the second layer, over dex_daily.
select
    day,
    blockchain,
    sum(trades) as trades,
    sum(volume_usd) as volume_usd
from dune.acme.result_dex_daily
group by 1, 2
