-- The day on which each taker was first seen.
select
    taker,
    min(block_date) as first_day
from dex.trades
group by taker
