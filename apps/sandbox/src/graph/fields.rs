//! `fields=`: the fields of a node in an answer.

use serde_json::{Map, Value};

use super::GraphError;
use crate::call::Call;

/// A node with all its fields.
pub(crate) struct Node {
    /// Meta's name of the type, for errors.
    pub(crate) kind: &'static str,
    /// A JSON object. `id` is always in the answer.
    pub(crate) values: Value,
    /// The fields in the answer when the call names none.
    pub(crate) defaults: &'static [&'static str],
    /// Fields that exist but have no value here.
    pub(crate) silent: &'static [&'static str],
}

impl Node {
    /// Returns the fields that the call asks for.
    ///
    /// # Errors
    /// Code 100, for a field that such a node does not have.
    pub(crate) fn pick(self, call: &Call) -> Result<Value, GraphError> {
        let asked = call.param("fields").map(top_level_names);
        let names: Vec<String> = match asked {
            Some(names) => names,
            None => self
                .defaults
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
        };
        let mut picked = Map::new();
        for name in names {
            match self.values.get(&name) {
                Some(Value::Null) => {}
                Some(value) => {
                    picked.insert(name, value.clone());
                }
                None if self.silent.contains(&name.as_str()) => {}
                None => {
                    let kind = self.kind;
                    let message = format!(
                        "(#100) Tried accessing nonexisting field ({name}) on node type ({kind})"
                    );
                    return Err(GraphError::new(100, message));
                }
            }
        }
        if let Some(id) = self.values.get("id") {
            picked.insert("id".to_owned(), id.clone());
        }
        Ok(Value::Object(picked))
    }
}

/// Reads the names in `a,b{c,d},e.limit(3)`, without those of a sub-node.
fn top_level_names(fields: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_u32;
    for letter in fields.chars() {
        match letter {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth == 0 => {
                if let Some(name) = names.last_mut() {
                    name.push(letter);
                }
            }
            _ => {}
        }
    }
    let base = |name: String| name.trim().split('.').next().unwrap_or_default().to_owned();
    names
        .into_iter()
        .map(base)
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::top_level_names;

    #[test]
    fn fields_of_a_sub_node_are_not_the_nodes() {
        let names = top_level_names("id, owner_business_info{id,name},phone_numbers.limit(3)");
        assert_eq!(names, ["id", "owner_business_info", "phone_numbers"]);
    }
}
