//! `fields=`: the fields of a node in an answer, edges included.

use actix_web::http::Method;
use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

use super::GraphError;
use crate::call::Call;
use crate::state::World;

/// A node with all its fields.
#[derive(Default)]
pub(crate) struct Node {
    /// Meta's name of the type, for errors.
    pub(crate) kind: &'static str,
    /// A JSON object. `id` is always in the answer.
    pub(crate) values: Value,
    /// The fields in the answer when the call names none.
    pub(crate) defaults: &'static [&'static str],
    /// Fields that exist but have no value here.
    pub(crate) silent: &'static [&'static str],
    /// Edges that can be asked for as fields.
    pub(crate) edges: &'static [&'static str],
}

impl Node {
    /// Returns the fields that the call asks for. An edge is answered as by a call of its own, and is left out when its
    /// list is empty, as Graph does.
    ///
    /// # Errors
    /// Code 100, for a field that such a node does not have, and the errors of an edge.
    pub(crate) fn pick(self, world: &World, call: &Call) -> Result<Value, GraphError> {
        let names = self.defaults;
        self.pick_or(world, call, names)
    }

    /// Returns the fields that the call asks for, or these where it asks for none.
    ///
    /// # Errors
    /// As for [`Node::pick`].
    pub(crate) fn pick_or(
        &self,
        world: &World,
        call: &Call,
        names: &[&str],
    ) -> Result<Value, GraphError> {
        let Some(asked) = call.param("fields") else {
            let names = names.iter().map(|name| Field::named(name));
            return self.select(world, call, names);
        };
        let fields = parts(asked);
        let fields = fields.into_iter().filter_map(Field::read);
        self.select(world, call, fields)
    }

    fn select<'a>(
        &self,
        world: &World,
        call: &Call,
        fields: impl Iterator<Item = Field<'a>>,
    ) -> Result<Value, GraphError> {
        let mut picked = Map::new();
        for field in fields {
            let name = field.name;
            let value = match self.values.get(name) {
                Some(Value::Null) => continue,
                Some(value) => narrowed(value, field.inner),
                None if self.silent.contains(&name) => continue,
                None if self.edges.contains(&name) => {
                    let list = super::look(world, &self.edge(call, &field))?;
                    if list.get("data").is_some_and(is_empty) {
                        continue;
                    }
                    list
                }
                None => return Err(self.unknown(name)),
            };
            picked.insert(field.key().to_owned(), value);
        }
        if let Some(id) = self.values.get("id") {
            picked.insert("id".to_owned(), id.clone());
        }
        Ok(Value::Object(picked))
    }

    /// Makes the call that an edge in `fields` stands for.
    fn edge(&self, call: &Call, field: &Field<'_>) -> Call {
        let id = self.values.get("id").and_then(Value::as_str);
        let mut query = Serializer::new(String::new());
        if let Some(inner) = field.inner {
            query.append_pair("fields", inner);
        }
        for (name, value) in &field.arguments {
            query.append_pair(name, value);
        }
        let path = format!("{}/{}", id.unwrap_or_default(), field.name);
        call.inner(Method::GET, &format!("{path}?{}", query.finish()), "")
    }

    fn unknown(&self, name: &str) -> GraphError {
        let kind = self.kind;
        GraphError::new(
            100,
            format!("(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"),
        )
    }
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_some_and(Vec::is_empty)
}

/// Keeps the fields `inner` of an object, or of each object in a list.
fn narrowed(value: &Value, inner: Option<&str>) -> Value {
    let Some(inner) = inner else {
        return value.clone();
    };
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| narrowed(item, Some(inner)))
            .collect(),
        Value::Object(all) => {
            let mut kept = Map::new();
            for field in parts(inner).into_iter().filter_map(Field::read) {
                if let Some(value) = all.get(field.name) {
                    kept.insert(field.key().to_owned(), narrowed(value, field.inner));
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// One entry of `fields`, such as `phone_numbers.limit(3).as(numbers){id}`.
struct Field<'a> {
    name: &'a str,
    arguments: Vec<(&'a str, &'a str)>,
    inner: Option<&'a str>,
}

impl<'a> Field<'a> {
    fn named(name: &'a str) -> Self {
        Self {
            name,
            arguments: Vec::new(),
            inner: None,
        }
    }

    /// Reads an entry. `None` when it has no name.
    fn read(text: &'a str) -> Option<Self> {
        let (head, inner) = match text.split_once('{') {
            Some((head, rest)) => (head, Some(rest.strip_suffix('}').unwrap_or(rest))),
            None => (text, None),
        };
        let mut pieces = head.split('.');
        let name = pieces.next().unwrap_or_default().trim();
        let arguments = pieces
            .filter_map(|piece| piece.trim().trim_end_matches(')').split_once('('))
            .collect();
        (!name.is_empty()).then_some(Self {
            name,
            arguments,
            inner,
        })
    }

    /// Returns the name in the answer.
    fn key(&self) -> &'a str {
        let alias = self.arguments.iter().find(|(name, _)| *name == "as");
        alias.map_or(self.name, |(_, alias)| alias)
    }
}

/// Splits `a,b{c,d},e.limit(3)` at the commas that are in no bracket.
fn parts(fields: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (at, letter) in fields.char_indices() {
        match letter {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.extend(fields.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.extend(fields.get(start..));
    found.into_iter().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::{Field, parts};

    #[test]
    fn entries_of_an_inner_list_belong_to_their_edge() {
        let fields = "id, owner_business_info{id,name}, phone_numbers.limit(3).as(n){a{b,c},d}";
        let names: Vec<_> = parts(fields)
            .into_iter()
            .filter_map(Field::read)
            .map(|field| (field.name, field.key(), field.inner))
            .collect();
        assert_eq!(
            names,
            [
                ("id", "id", None),
                (
                    "owner_business_info",
                    "owner_business_info",
                    Some("id,name")
                ),
                ("phone_numbers", "n", Some("a{b,c},d")),
            ]
        );
    }
}
