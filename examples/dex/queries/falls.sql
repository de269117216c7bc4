-- Chains whose last day is lower, by so many percent, than the mean of the seven days before it.
with last as (
    select max(day) as day
    from dune.acme.result_dex_chain_daily
),

compared as (
    select
        daily.blockchain,
        sum(if(daily.day = last.day, daily.volume_usd, 0e0)) as volume_usd,
        sum(if(daily.day = last.day, 0e0, daily.volume_usd)) / 7 as usual_usd
    from dune.acme.result_dex_chain_daily as daily
    cross join last
    where daily.day >= last.day - interval '7' day
    group by daily.blockchain
)

select
    blockchain,
    volume_usd,
    usual_usd
from compared
where volume_usd < usual_usd * (1 - {{percent}} / 100e0)
order by volume_usd / usual_usd
