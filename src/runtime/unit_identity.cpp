#include "runtime/unit_identity.h"

namespace quantrail {
namespace {

void add_demands(Hasher& hasher, const Demands& demands, const std::string& value) {
  for (const auto numeric : {Numeric::Float, Numeric::Dequantized, Numeric::Codes})
    hasher.add(std::int64_t{demands.wants(value, numeric)});
}

void add_node(Hasher& hasher, const Builder::Context& context, std::optional<std::size_t> at) {
  hasher.add(at ? static_cast<std::int64_t>(*at) : std::int64_t{-1});
  if (!at) return;
  const auto& lowering = context.plan.lowering[*at];
  hasher.add(std::int64_t{lowering.integer})
      .add(std::int64_t{lowering.table})
      .add(static_cast<std::int64_t>(lowering.reads.size()));
  for (const Read read : lowering.reads) hasher.add(static_cast<std::int64_t>(read));
  for (const auto& value : context.shaped.specialised.graph.nodes[*at].outputs)
    add_demands(hasher, context.plan.demands, value);
}

}  // namespace

Digest identity_of(const Unit& unit, const Builder::Context& context) {
  Hasher hasher;
  hasher.add("unit").add(std::int64_t{unit.silu}).add(unit.addend).add(unit.result);
  for (const auto& at : {std::optional(unit.node), unit.gate, unit.addition, unit.activation, unit.scaling, unit.bias})
    add_node(hasher, context, at);
  hasher.add(static_cast<std::int64_t>(unit.pattern_reads));
  if (unit.pattern) {
    for (const std::size_t at : unit.pattern->nodes) add_node(hasher, context, at);
  }
  add_demands(hasher, context.plan.demands, unit.result);
  return hasher.finish();
}

}  // namespace quantrail
