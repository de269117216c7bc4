-- One day, chain by chain, straight from the trades: made for filling in days that are missing.
select
    blockchain,
    count(*) as trades,
    count(distinct taker) as takers,
    sum(amount_usd) as volume_usd
from dex.trades
where block_date = cast(timestamp '{{day}}' as date)
group by blockchain
order by blockchain
