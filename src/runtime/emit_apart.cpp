#include "runtime/emission.h"
#include "runtime/kernels_unary.h"

namespace quantrail {
namespace {

/// Adds the step of one more node of the unit, with what is fused behind it, if anything.
Status emit_further(const Emission& e, std::size_t node, std::optional<std::size_t> activation) {
  Unit further;
  further.node = node;
  further.activation = activation;
  further.result = e.result();
  return emit(e.builder(), further);
}

Status emit_silu(const Emission& e) {
  const auto& x = e.node().outputs[0];
  const Layout layout = e.builder().layout(x);
  auto source = e.builder().read(x, {Numeric::Float, layout});
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, layout});
  e.step({*source}, {result}, [from = *source, result](const Bindings& at) {
    return action([source = at.source<float>(from), target = at.target<float>(result)] {
      kernels::unary({kernels::UnaryOp::Silu}, source, target);
    });
  });
  return {};
}

}  // namespace

Status emit_apart(const Emission& e) {
  const Unit& unit = e.unit();
  if (auto done = emit_interpreted(e); !done) return done;
  if (unit.scaling) return emit_further(e, *unit.scaling, {});
  if (unit.bias) return emit_further(e, *unit.bias, unit.activation);
  if (unit.addition) return emit_further(e, *unit.addition, unit.activation);
  if (unit.activation) return emit_further(e, *unit.activation, {});
  return unit.silu ? emit_silu(e) : Status{};
}

}  // namespace quantrail
