-- The hours in which most was traded, straight from the trades.
select
    date_trunc('hour', block_time) as hour,
    count(*) as trades,
    sum(amount_usd) as volume_usd
from dex.trades
group by 1
order by trades desc, hour
limit 24
