//! Handles by name: of single nodes and of groups, for pipelines that were put together at run time or came from elsewhere.

use std::collections::HashSet;

use dune_pipeline_graph::Name;
use dune_pipeline_graph::names::{list, nearest};

use super::draft::Declaration;
use super::fault::NoSuchNode;
use super::group::{QueryNodes, RefreshNodes};
use super::handle::{QueryNode, RefreshNode};
use super::{Content, Pipeline};

impl<L> Pipeline<L> {
    /// The handle of a query node, by its label or id; of an `each` by the label and the place of its item: `share[0]`.
    ///
    /// # Errors
    /// There is no such node, or it refreshes a view.
    pub fn query(&self, name: impl Into<Name>) -> Result<QueryNode, NoSuchNode> {
        let (node, id) = self.content.node(&name.into())?;
        self.content.query(node, id)
    }

    /// The handle of a node that refreshes a view, by its label or id.
    ///
    /// # Errors
    /// There is no such node, or it executes a query.
    pub fn refresh(&self, name: impl Into<Name>) -> Result<RefreshNode, NoSuchNode> {
        let (node, id) = self.content.node(&name.into())?;
        self.content.refresh(node, id)
    }

    /// The handles of the query nodes that an `each` declares, by its label.
    ///
    /// # Errors
    /// There is no such group, or one of its nodes refreshes a view.
    pub fn queries(&self, name: impl Into<Name>) -> Result<QueryNodes, NoSuchNode> {
        let name = name.into();
        let members = self.content.group(&name)?;
        let handles = members.map(|(node, id)| self.content.query(node, id));
        let handles = handles.collect::<Result<Vec<_>, _>>()?;
        Ok(QueryNodes::of(handles.into_iter()))
    }

    /// The handles of the nodes that an `each` declares to refresh views, by its label.
    ///
    /// # Errors
    /// There is no such group, or one of its nodes executes a query.
    pub fn refreshes(&self, name: impl Into<Name>) -> Result<RefreshNodes, NoSuchNode> {
        let name = name.into();
        let members = self.content.group(&name)?;
        let handles = members.map(|(node, id)| self.content.refresh(node, id));
        let handles = handles.collect::<Result<Vec<_>, _>>()?;
        Ok(RefreshNodes::of(handles.into_iter()))
    }
}

impl Content {
    fn query(&self, node: &Declaration, id: i64) -> Result<QueryNode, NoSuchNode> {
        match node.is_query() {
            true => Ok(self.handles().query_with(id)),
            false => Err(NoSuchNode::IsRefresh {
                name: node.name.value.to_string(),
            }),
        }
    }

    fn refresh(&self, node: &Declaration, id: i64) -> Result<RefreshNode, NoSuchNode> {
        match node.is_query() {
            false => Ok(self.handles().refresh_with(id)),
            true => Err(NoSuchNode::IsQuery {
                name: node.name.value.to_string(),
            }),
        }
    }

    fn node(&self, name: &Name) -> Result<(&Declaration, i64), NoSuchNode> {
        let named = |(node, id): &(&Declaration, i64)| match name {
            Name::Label(_) => node.name.value == *name,
            Name::Id(wanted) => i128::from(*id) == *wanted,
        };
        let mut nodes = self.draft.nodes.iter().zip(self.ids.iter().copied());
        if let Some(found) = nodes.find(named) {
            return Ok(found);
        }
        let mut groups = self.draft.groups.iter();
        Err(match groups.find(|group| group.name.value == *name) {
            Some(group) => NoSuchNode::IsGroup {
                name: name.to_string(),
                len: group.nodes.len(),
            },
            None => self.not_declared(name),
        })
    }

    /// The nodes of a group and their ids.
    fn group(&self, name: &Name) -> Result<impl Iterator<Item = (&Declaration, i64)>, NoSuchNode> {
        let mut groups = self.draft.groups.iter();
        let Some(group) = groups.find(|group| group.name.value == *name) else {
            return Err(match self.node(name) {
                Ok(_) => NoSuchNode::IsNoGroup {
                    name: name.to_string(),
                },
                Err(error) => error,
            });
        };
        let nodes = self.draft.nodes.get(group.nodes.clone());
        let ids = self.ids.get(group.nodes.clone());
        let nodes = nodes.unwrap_or_default().iter();
        Ok(nodes.zip(ids.unwrap_or_default().iter().copied()))
    }

    fn not_declared(&self, name: &Name) -> NoSuchNode {
        let names = self.declared_names();
        let hint = (!names.is_empty()).then(|| {
            let labels = names.iter().filter_map(|name| match name {
                Name::Label(label) => Some(label.as_str()),
                Name::Id(_) => None,
            });
            let near = match name {
                Name::Label(label) => nearest(label, labels),
                Name::Id(_) => None,
            };
            match near {
                Some(near) => format!("; did you mean `{near}`?"),
                None => format!("; its nodes are {}", list(names)),
            }
        });
        NoSuchNode::NotDeclared {
            name: name.to_string(),
            hint,
        }
    }

    /// What was declared, in the order written: a group by its own name.
    fn declared_names(&self) -> Vec<&Name> {
        let groups = &self.draft.groups;
        let members: HashSet<usize> = groups.iter().flat_map(|it| it.nodes.clone()).collect();
        let singles = self.draft.nodes.iter().enumerate();
        let singles = singles.filter(|(index, _)| !members.contains(index));
        let singles = singles.map(|(index, node)| (index, &node.name.value));
        let groups = groups.iter().map(|it| (it.nodes.start, &it.name.value));
        let mut names: Vec<(usize, &Name)> = groups.chain(singles).collect();
        names.sort_by_key(|(index, _)| *index);
        names.into_iter().map(|(_, name)| name).collect()
    }
}
