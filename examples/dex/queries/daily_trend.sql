-- Volume day by day beside the takers who were new on that day.
with volume as (
    select
        day,
        sum(volume_usd) as volume_usd
    from dune.acme.result_dex_daily
    group by day
),

arrivals as (
    select
        first_day as day,
        count(*) as new_takers
    from dune.acme.result_dex_taker_first_seen
    group by first_day
)

select
    volume.day,
    volume.volume_usd,
    coalesce(arrivals.new_takers, 0) as new_takers
from volume
left join arrivals on arrivals.day = volume.day
order by volume.day
