#include "model/window.h"
#include "runtime/emit_linear.h"

namespace quantrail {
namespace {

std::vector<std::int64_t> spatial(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

/// Errors: Unsupported, as the bias of a layer must be known when it is built.
Result<std::vector<float>> bias_of(const Emission& e) {
  if (!e.has_input(2)) return std::vector<float>{};
  const auto bias = e.constant(2);
  if (bias == nullptr || bias->type != ElementType::Float32) return e.unsupported("a bias must be a float32 constant");
  return floats_of(*bias);
}

bool any_positive(const std::vector<std::int64_t>& values) {
  return std::any_of(values.begin(), values.end(), [](auto value) { return value > 0; });
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

}  // namespace

Status emit_conv(const Emission& e) {
  const Node& node = e.node();
  const auto weights = e.constant(1);
  if (weights == nullptr || weights->type != ElementType::Float32)
    return e.unsupported("its weights must be a float32 constant");
  const Shape& source = e.shape(0);
  const Shape& result = e.builder().shape(node.outputs[0]);
  if (!e.is_float(0) || source.size() < 3 || source.size() > 5)
    return e.unsupported("it needs a float32 input with 1 to 3 spatial axes");
  auto bias = bias_of(e);
  if (!bias) return failed(bias);
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
  const bool padded = any_positive(shape.pad_begin) || any_positive(shape.pad_end);
  return emit_linear(e, {std::move(shape), Layout::ChannelsLast, padded, std::move(*bias)});
}

Status emit_gemm(const Emission& e) {
  const Node& node = e.node();
  if (!e.is_float(0) || !e.is_float(1)) return e.unsupported("only float32 is supported");
  if (int_attribute(node, "transA", 0) != 0) return e.unsupported("transA is not supported");
  const float alpha = float_attribute(node, "alpha", 1.0F);
  if (alpha == 0.0F) return e.unsupported("alpha is 0");
  auto bias = bias_of(e);
  if (!bias) return failed(bias);
  const Shape& result = e.builder().shape(node.outputs[0]);
  if (bias->size() == 1) bias->assign(static_cast<std::size_t>(result[1]), bias->front());
  if (!bias->empty() && bias->size() != static_cast<std::size_t>(result[1]))
    return e.unsupported("its bias must be one row");
  const bool by_columns = int_attribute(node, "transB", 0) != 0;
  const Shape rhs{e.shape(0)[1], result[1]};
  return emit_linear(e, {MatMulShape{e.shape(0), rhs, result, by_columns}, Layout::Plain, false, std::move(*bias),
                         alpha, float_attribute(node, "beta", 1.0F)});
}

Status emit_matmul(const Emission& e) {
  const Shape& lhs = e.shape(0);
  const Shape& rhs = e.shape(1);
  if (!e.is_float(0) || !e.is_float(1) || lhs.size() < 2 || rhs.size() < 2) return emit_interpreted(e);
  const Shape& result = e.builder().shape(e.node().outputs[0]);
  if (e.constant(1) != nullptr && rhs.size() == 2) return emit_linear(e, {as_rows(lhs, rhs, result), Layout::Plain});
  const std::size_t rank = result.size();
  return emit_linear(
      e, {MatMulShape{with_leading_ones(lhs, rank), with_leading_ones(rhs, rank), result, false}, Layout::Plain});
}

}  // namespace quantrail
