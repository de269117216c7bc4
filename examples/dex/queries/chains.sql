-- Each chain: what was traded in all, and on the last day there is.
with last as (
    select max(day) as day
    from dune.acme.result_dex_daily
)

select
    daily.blockchain,
    sum(daily.trades) as trades,
    sum(daily.volume_usd) as volume_usd,
    sum(if(daily.day = last.day, daily.volume_usd, 0e0)) as last_day_usd
from dune.acme.result_dex_daily as daily
cross join last
group by daily.blockchain
order by volume_usd desc
