-- One day of the market, and what its volume is over that of the day before.
with market as (
    select
        day,
        trades,
        volume_usd,
        leader,
        new_takers,
        volume_usd / lag(volume_usd) over (order by day) as over_day_before
    from dune.acme.result_dex_market
)

select *
from market
where day = cast(timestamp '{{day}}' as date)
