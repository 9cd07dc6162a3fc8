#include <map>

#include "runtime/emission.h"
#include "runtime/emit_elementwise.h"
#include "runtime/kernels_unary.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::Unary;
using kernels::UnaryOp;

const std::map<std::string_view, UnaryOp>& operators() {
  static const std::map<std::string_view, UnaryOp> kOperators{
      {"Relu", UnaryOp::Relu},
      {"LeakyRelu", UnaryOp::LeakyRelu},
      {"Clip", UnaryOp::Clip},
      {"Elu", UnaryOp::Elu},
      {"Sigmoid", UnaryOp::Sigmoid},
      {"HardSigmoid", UnaryOp::HardSigmoid},
      {"Tanh", UnaryOp::Tanh},
      {"HardSwish", UnaryOp::HardSwish},
      {"Exp", UnaryOp::Exp},
      {"Log", UnaryOp::Log},
      {"Erf", UnaryOp::Erf},
      {"Gelu", UnaryOp::Gelu},
      {"Sqrt", UnaryOp::Sqrt},
      {"Softplus", UnaryOp::Softplus},
      {"Reciprocal", UnaryOp::Reciprocal},
      {"Abs", UnaryOp::Abs},
      {"Neg", UnaryOp::Neg},
      {"Floor", UnaryOp::Floor},
      {"Ceil", UnaryOp::Ceil},
      {"Round", UnaryOp::Round},
      {"Mish", UnaryOp::Mish},
      {"Selu", UnaryOp::Selu},
      {"Celu", UnaryOp::Celu},
      {"Softsign", UnaryOp::Softsign},
      {"ThresholdedRelu", UnaryOp::ThresholdedRelu},
      {"Sin", UnaryOp::Sin},
      {"Cos", UnaryOp::Cos},
  };
  return kOperators;
}

/// 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)))
constexpr Unary kGeluByTanh{UnaryOp::GeluByTanh, 1.59576912F, 0.0713548163F};

Unary function_of(const Emission& e) {
  if (e.node().op == "Gelu" && string_attribute(e.node(), "approximate", "none") == "tanh") return kGeluByTanh;
  Unary function{operators().at(e.node().op), 0.0F, 0.0F};
  switch (function.op) {
    case UnaryOp::LeakyRelu: function.alpha = float_attribute(e.node(), "alpha", 0.01F); break;
    case UnaryOp::Selu:
      function.alpha = float_attribute(e.node(), "alpha", 1.67326319217681884765625F);
      function.beta = float_attribute(e.node(), "gamma", 1.05070102214813232421875F);
      break;
    case UnaryOp::Celu:
    case UnaryOp::ThresholdedRelu:
    case UnaryOp::Elu: function.alpha = float_attribute(e.node(), "alpha", 1.0F); break;
    case UnaryOp::HardSigmoid:
      function.alpha = float_attribute(e.node(), "alpha", 0.2F);
      function.beta = float_attribute(e.node(), "beta", 0.5F);
      break;
    case UnaryOp::Clip: {
      const Bounds bounds = bounds_of(e.builder().graph(), e.node());
      function.alpha = bounds.lo;
      function.beta = bounds.hi;
      break;
    }
    default: break;
  }
  return function;
}

/// Whether our kernels compute exactly what the node means.
bool has_kernel(const Emission& e) {
  if (!e.is_float(0)) return false;
  if (e.node().op != "Clip") return true;
  return (!e.has_input(1) || e.constant(1)) && (!e.has_input(2) || e.constant(2));
}

/// An element-wise function of codes is a table.
Status look_up(const Emission& e, std::size_t input, const kernels::CodeTable& table, Layout layout) {
  auto source = e.read_codes(input, layout);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Codes, layout});
  e.step({*source}, {result}, [table, from = *source, result, threads = e.threads()](const Bindings& at) {
    return action([=, source = at.source<std::uint8_t>(from), target = at.target<std::uint8_t>(result)] {
      shared_elements(threads, source.size(), [&](std::size_t first, std::size_t last) {
        kernels::look_up(source.subspan(first, last - first), table, target.subspan(first, last - first));
      });
    });
  });
  return {};
}

}  // namespace

bool is_unary(const std::string& op) { return operators().contains(op); }

Status emit_function(const Emission& e, std::size_t input, const Unary& function, Layout layout) {
  auto source = e.read_float(input, layout);
  if (!source) return failed(source);
  const auto result = e.builder().write(e.result(), {Numeric::Float, layout});
  e.step({*source}, {result}, [function, from = *source, result, threads = e.threads()](const Bindings& at) {
    return action([=, source = at.source<float>(from), target = at.target<float>(result)] {
      shared_elements(threads, source.size(), [&](std::size_t first, std::size_t last) {
        kernels::unary(function, source.subspan(first, last - first), target.subspan(first, last - first));
      });
    });
  });
  return {};
}

Status emit_unary(const Emission& e) {
  if (!has_kernel(e)) return emit_interpreted(e);
  const Unary function = function_of(e);
  const Layout layout = e.builder().layout(e.node().inputs[0]);
  // Also where lowering has the operator in float between two quantizations: the table gives the same codes.
  if (e.comes_as_codes(0) && e.leaves_as_codes(e.result()))
    return look_up(e, 0, kernels::table_of(function, e.params(e.node().inputs[0]), e.params(e.result())), layout);
  return emit_function(e, 0, function, layout);
}

Status emit_gated(const Emission& e) {
  const auto& x = e.builder().graph().nodes[*e.unit().gate].inputs[0];
  const auto& gate = e.builder().graph().nodes[*e.unit().gate].outputs[0];
  const std::size_t input = e.node().inputs[0] == x ? 0 : 1;
  const Layout layout = e.builder().layout(x);
  if (e.integer() && e.leaves_as_codes(e.result()))
    return look_up(e, input, kernels::gated_table(e.params(x), e.params(gate), e.params(e.result())), layout);
  return emit_function(e, input, {UnaryOp::Silu}, layout);
}

}  // namespace quantrail
