//! The rules of a pipeline graph: ids, kinds, dependencies, cycles, order.
