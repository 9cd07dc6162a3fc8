#!/usr/bin/env bash
# The reference of the configuration: what `config` prints of it, and that docs/configuration.md is what it prints.
. "$(dirname "$0")/lib.sh"
cd "$work" || exit 1
q() { "$QUANTRAIL" --store "$work/store" "$@"; }

q config --markdown >configuration.md
cmp -s configuration.md "$SOURCE/docs/configuration.md" ||
  bad "docs/configuration.md is not made of the schema as it is: tools/make_configuration_reference writes it"

# Every key of the schema is there, with its default.
q config --json >all.json
jq -r '.definitions[] | select(.properties) | .properties | keys[]' "$SOURCE/configs/quantrail.schema.json" | sort >described
jq -r '.[].keys[].name' all.json | sort >printed
cmp -s described printed || bad "keys: $(diff described printed | head -n 5)"
jq -e '[.[] | select(.section == "params") | .keys[] | select(.name == "maximal_drop") | .default] == [0.01]' all.json >/dev/null ||
  bad "maximal_drop has another default"
for key in $(jq -r '.[] | .keys[-1].name' all.json | sort -u); do expect 0 "^  $key\$" -- q config "$key"; done

# By name, by path, by the end of one, with an index or without; a section too.
expect 0 '^ +"absolute" or "relative"; default "absolute"$' -- q config drop_type
expect 0 '^  drop_type$' -- q config 'compression.algorithms[0].params.drop_type'
expect 0 '^  top_k$' -- q config engine.metrics.0.top_k
expect 0 '^  top_k$' -- q config 'engine.metrics[0].top_k'
expect 0 '^  limit$' -- q config validation.limit
expect 0 '^  pad_value$' -- q config resize
expect 0 '^  interpolation$' -- q config
expect 2 'no key "maximal_drob" \(did you mean "maximal_drop"\?\)' -- q config maximal_drob
# The paths that it shows are those that --set takes.
expect 0 '^  at engine\.metrics\[N\]$' -- q config top_k
expect 0 'mixed' -- q check "$SOURCE/configs/demo.json" --set 'compression.algorithms[0].params.preset=mixed' --json
expect 2 'no key "engine.limit"' -- q config engine.limit
[ -e store ] && bad "config opened a store"
finish
