-- Each chain in the seven days that end on a day.
select
    blockchain,
    count(*) as days,
    sum(volume_usd) as volume_usd
from dune.acme.result_dex_chain_daily
where day > cast(timestamp '{{until}}' as date) - interval '7' day
    and day <= cast(timestamp '{{until}}' as date)
group by blockchain
order by volume_usd desc
