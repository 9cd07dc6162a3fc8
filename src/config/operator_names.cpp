#include "config/operator_names.h"

#include <map>

namespace quantrail {

std::vector<std::string> onnx_operators(const std::string& type) {
  static const std::map<std::string, std::vector<std::string>> kOperators{
      {"AvgPool", {"AveragePool", "GlobalAveragePool"}},
      {"Broadcast", {"Expand"}},
      {"Clamp", {"Clip"}},
      {"Convolution", {"Conv"}},
      {"ConvolutionBackpropData", {"ConvTranspose"}},
      {"Divide", {"Div"}},
      {"FullyConnected", {"Gemm"}},
      {"GroupConvolution", {"Conv"}},
      {"GroupConvolutionBackpropData", {"ConvTranspose"}},
      {"HSwish", {"HardSwish"}},
      {"Interpolate", {"Resize"}},
      {"MVN", {"InstanceNormalization", "LayerNormalization", "MeanVarianceNormalization"}},
      {"MatMul", {"Gemm", "MatMul"}},
      {"Maximum", {"Max"}},
      {"Minimum", {"Min"}},
      {"Multiply", {"Mul"}},
      {"NormalizeL2", {"LpNormalization"}},
      {"PReLU", {"PRelu"}},
      {"Power", {"Pow"}},
      {"ReLU", {"Relu"}},
      {"ReduceMean", {"GlobalAveragePool", "ReduceMean"}},
      {"SoftMax", {"Softmax"}},
      {"StridedSlice", {"Slice"}},
      {"Subtract", {"Sub"}},
      {"VariadicSplit", {"Split"}},
  };
  const auto found = kOperators.find(type);
  return found == kOperators.end() ? std::vector<std::string>{type} : found->second;
}

bool has_so_many_groups(const std::string& type, std::int64_t groups) {
  if (type == "Convolution" || type == "ConvolutionBackpropData") return groups == 1;
  return !type.starts_with("GroupConvolution") || groups > 1;
}

std::string onnx_attribute(const std::string& name) {
  static const std::map<std::string, std::string> kNames{{"kernel", "kernel_shape"}, {"transpose_a", "transA"},
                                                         {"transpose_b", "transB"},  {"pads_begin", "pads"},
                                                         {"pads_end", "pads"},       {"block_size", "blocksize"}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? name : found->second;
}

}  // namespace quantrail
