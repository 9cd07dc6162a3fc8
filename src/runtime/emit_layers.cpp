#include "model/product_bias.h"
#include "model/window.h"
#include "runtime/emit_linear.h"

namespace quantrail {
namespace {

std::vector<std::int64_t> spatial(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

bool is_known_float(const Emission& e, std::size_t input) {
  const auto tensor = e.constant(input);
  return tensor != nullptr && tensor->type == ElementType::Float32;
}

/// Whether the bias, if any, is known when the layer is built.
bool bias_is_known(const Emission& e) { return !e.has_input(2) || is_known_float(e, 2); }

std::vector<float> bias_of(const Emission& e) {
  return e.has_input(2) ? floats_of(*e.constant(2)) : std::vector<float>{};
}

bool any_positive(const std::vector<std::int64_t>& values) {
  return std::any_of(values.begin(), values.end(), [](auto value) { return value > 0; });
}

/// Whether the result of a transposed convolution has the size that follows from its source, or less than a stride
/// more, and nothing is cut off beside it: oneDNN knows no other.
bool fits_onednn(const ConvShape& shape) {
  for (std::size_t axis = 0; axis < shape.in.size(); ++axis) {
    const auto extent = shape.dilation[axis] * (shape.kernel[axis] - 1) + 1;
    const auto further = shape.out[axis] + shape.pad_begin[axis] + shape.pad_end[axis] - extent -
                         shape.stride[axis] * (shape.in[axis] - 1);
    if (further < 0 || further >= shape.stride[axis] || shape.pad_begin[axis] < 0 || shape.pad_end[axis] < 0 ||
        shape.pad_begin[axis] >= extent || shape.pad_end[axis] >= extent) {
      return false;
    }
  }
  return true;
}

/// Rows of a product whose right side is one constant matrix: all axes but the last count as rows.
MatMulShape as_rows(const Shape& lhs, const Shape& rhs, const Shape& result) {
  const auto rows = element_count(result) / result.back();
  return {{rows, lhs.back()}, rhs, {rows, result.back()}, false};
}

Shape with_leading_ones(Shape shape, std::size_t rank) {
  shape.insert(shape.begin(), rank - shape.size(), 1);
  return shape;
}

/// The constant operand of a node that the unit has absorbed.
TensorPtr absorbed_constant(const Emission& e, std::size_t at) {
  const Node& node = e.builder().graph().nodes[at];
  const auto rhs = constant_input(e.builder().graph(), node, 1);
  return rhs ? rhs : constant_input(e.builder().graph(), node, 0);
}

/// What the node behind the product scales it with.
float factor_behind(const Emission& e) {
  if (!e.unit().scaling) return 1.0F;
  const float number = absorbed_constant(e, *e.unit().scaling)->values<float>()[0];
  return e.builder().graph().nodes[*e.unit().scaling].op == "Div" ? 1.0F / number : number;
}

std::vector<float> bias_behind(const Emission& e) {
  const auto* quantization = e.builder().context().quantization;
  const std::vector<float>* shift = nullptr;
  if (quantization != nullptr && e.integer()) {
    const auto edit = quantization->bias_edits.find(e.node().name);
    if (edit != quantization->bias_edits.end()) shift = &edit->second;
  }
  if (!e.unit().bias) return shift != nullptr ? *shift : std::vector<float>{};
  const Graph& graph = e.builder().graph();
  const Node& addition = graph.nodes[*e.unit().bias];
  return shift != nullptr ? shifted_addend(graph, addition, *shift) : floats_of(*absorbed_constant(e, *e.unit().bias));
}

}  // namespace

Status emit_conv(const Emission& e) {
  const Node& node = e.node();
  const Shape& source = e.shape(0);
  const Shape& result = e.builder().shape(node.outputs[0]);
  const bool known = e.is_float(0) && is_known_float(e, 1) && bias_is_known(e);
  if (!known || source.size() < 3 || source.size() > 5) return emit_apart(e);
  const auto weights = e.constant(1);
  const bool transposed = node.op == "ConvTranspose";
  const auto kernel = spatial(weights->shape);
  auto window =
      transposed ? transposed_window_of(node, spatial(source), kernel) : window_of(node, spatial(source), kernel);
  if (!window) return failed(window, e.where());
  ConvShape shape{source[0],
                  int_attribute(node, "group", 1),
                  source[1],
                  result[1],
                  spatial(source),
                  spatial(result),
                  kernel,
                  window->strides,
                  window->dilations,
                  window->pads_begin,
                  window->pads_end,
                  transposed};
  if (transposed && !fits_onednn(shape)) return emit_apart(e);
  const bool padded = any_positive(shape.pad_begin) || any_positive(shape.pad_end);
  return emit_linear(e, {std::move(shape), Layout::ChannelsLast, padded, bias_of(e)});
}

Status emit_gemm(const Emission& e) {
  const Node& node = e.node();
  const float alpha = float_attribute(node, "alpha", 1.0F);
  const bool known = e.is_float(0) && e.is_float(1) && bias_is_known(e);
  if (!known || int_attribute(node, "transA", 0) != 0 || alpha == 0.0F) return emit_apart(e);
  auto bias = bias_of(e);
  const Shape& result = e.builder().shape(node.outputs[0]);
  if (bias.size() == 1) bias.assign(static_cast<std::size_t>(result[1]), bias.front());
  if (!bias.empty() && bias.size() != static_cast<std::size_t>(result[1])) return emit_apart(e);
  const bool by_columns = int_attribute(node, "transB", 0) != 0;
  const Shape rhs{e.shape(0)[1], result[1]};
  return emit_linear(e, {MatMulShape{e.shape(0), rhs, result, by_columns}, Layout::Plain, false, std::move(bias), alpha,
                         float_attribute(node, "beta", 1.0F)});
}

Status emit_matmul(const Emission& e) {
  const Shape& lhs = e.shape(0);
  const Shape& rhs = e.shape(1);
  if (!e.is_float(0) || !e.is_float(1) || lhs.size() < 2 || rhs.size() < 2) return emit_apart(e);
  const Shape& result = e.builder().shape(e.node().outputs[0]);
  LinearJob job;
  if (e.constant(1) != nullptr && rhs.size() == 2) {
    job.shape = as_rows(lhs, rhs, result);
  } else {
    const std::size_t rank = result.size();
    job.shape = MatMulShape{with_leading_ones(lhs, rank), with_leading_ones(rhs, rank), result, false};
  }
  job.product_factor = factor_behind(e);
  job.bias = bias_behind(e);
  job.bias_apart = true;
  return emit_linear(e, std::move(job));
}

}  // namespace quantrail
