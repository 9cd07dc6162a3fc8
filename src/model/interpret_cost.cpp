#include <algorithm>

#include "model/einsum.h"
#include "model/interpret.h"

namespace quantrail {
namespace {

double count(const Shape& shape) {
  double product = 1.0;
  for (const auto size : shape) product *= static_cast<double>(size);
  return product;
}

/// Of a product of matrices: per result element, the length of a row of the left one.
double depth_of(const NodeView& view) {
  const Shape& left = view.shape(0);
  const bool turned = view.node().op == "Gemm" && view.integer("transA", 0) != 0;
  return static_cast<double>(turned ? left.front() : left.back());
}

double einsum_cost(const NodeView& view) {
  std::vector<Shape> shapes;
  for (std::size_t input = 0; input < view.inputs(); ++input) shapes.push_back(view.shape(input));
  const auto einsum = einsum_of(string_attribute(view.node(), "equation", ""), shapes);
  return einsum ? count(einsum->sizes) * static_cast<double>(shapes.size()) : 0.0;
}

/// Per element of `of`: as many products as one filter of the weights has elements.
double convolution_cost(const NodeView& view, std::size_t weights, const Shape& of) {
  const Shape& w = view.shape(weights);
  return count(of) * count(w) / static_cast<double>(std::max<std::int64_t>(w[0], 1));
}

}  // namespace

double interpretation_cost(const NodeView& view, const Types& outputs) {
  const std::string& op = view.node().op;
  double moved = 0.0;
  for (const auto& type : outputs) moved += count(type.shape);
  for (std::size_t input = 0; input < view.inputs(); ++input) moved += view.has(input) ? count(view.shape(input)) : 0.0;
  if (op == "Conv" || op == "ConvInteger" || op == "DeformConv")
    return moved + convolution_cost(view, 1, outputs[0].shape);
  if (op == "QLinearConv") return moved + convolution_cost(view, 3, outputs[0].shape);
  if (op == "ConvTranspose") return moved + convolution_cost(view, 1, view.shape(0));
  if (op == "MatMul" || op == "Gemm" || op == "MatMulInteger" || op == "QLinearMatMul")
    return moved + count(outputs[0].shape) * depth_of(view);
  if (op == "Einsum") return moved + einsum_cost(view);
  if (op == "LSTM" || op == "GRU" || op == "RNN")
    return moved +
           static_cast<double>(view.shape(0)[0] * view.shape(0)[1]) * (count(view.shape(1)) + count(view.shape(2)));
  if (op == "MaxPool" || op == "AveragePool" || op == "LpPool")
    return moved + count(outputs[0].shape) * std::min(count(view.ints("kernel_shape")), count(view.shape(0)));
  return moved;
}

}  // namespace quantrail
