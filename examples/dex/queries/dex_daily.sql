-- What each project traded on each chain, day by day: the view everything else reads.
select
    block_date as day,
    blockchain,
    project,
    count(*) as trades,
    sum(amount_usd) as volume_usd
from dex.trades
group by 1, 2, 3
