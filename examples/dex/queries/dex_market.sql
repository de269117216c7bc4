-- The market day by day: the third layer, over both views of the second.
with days as (
    select
        day,
        sum(trades) as trades,
        sum(volume_usd) as volume_usd,
        max_by(blockchain, volume_usd) as leader
    from dune.acme.result_dex_chain_daily
    group by day
)

select
    days.day,
    days.trades,
    days.volume_usd,
    days.leader,
    coalesce(arrivals.new_takers, 0) as new_takers
from days
left join dune.acme.result_dex_arrivals as arrivals on arrivals.day = days.day
