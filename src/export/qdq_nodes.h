#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/fresh_names.h"
#include "model/quantization.h"

namespace quantrail {

template <class T>
TensorPtr scalar_tensor(T value) {
  return std::make_shared<const Tensor>(Tensor::of<T>({}, std::span<const T>(&value, 1)));
}

template <class T>
TensorPtr tensor_of(Shape shape, const std::vector<T>& values) {
  return std::make_shared<const Tensor>(Tensor::of<T>(std::move(shape), std::span<const T>(values)));
}

/// A graph that is being written: the inputs, outputs and constants of `graph`, and nodes and constants with names that
/// `graph` does not have yet.
class QdqNodes {
 public:
  explicit QdqNodes(const Graph& graph);

  /// A node named like `name`, with one result.
  void add(std::string op, const std::string& name, std::vector<std::string> inputs, const std::string& output,
           std::map<std::string, Attribute> attributes = {});
  /// Keeps `value`; returns what it is called.
  std::string constant(const std::string& name, TensorPtr value);
  [[nodiscard]] std::string fresh(const std::string& name) { return names_.like(name); }

  /// `codes` (int8 weights or int32 biases) behind a DequantizeLinear with zero point 0: one scale per slice along
  /// `axis`, or one for all. Returns the result's name.
  template <class T>
  std::string dequantized(const std::string& name, TensorPtr codes, const std::vector<float>& scale,
                          std::int64_t axis) {
    const auto count = static_cast<std::int64_t>(scale.size());
    const bool per_channel = count > 1 || codes->shape[static_cast<std::size_t>(axis)] == 1;
    const std::string stored = constant(name + "_quantized", std::move(codes));
    const std::string scales =
        constant(name + "_scale", per_channel ? tensor_of({count}, scale) : scalar_tensor(scale[0]));
    const std::string zeros =
        constant(name + "_zero_point",
                 per_channel ? tensor_of({count}, std::vector<T>(scale.size(), T{0})) : scalar_tensor(T{0}));
    const std::string real = names_.like(name + "_dequantized");
    std::map<std::string, Attribute> attributes;
    if (per_channel) attributes["axis"] = axis;
    add("DequantizeLinear", name + "_DequantizeLinear", {stored, scales, zeros}, real, std::move(attributes));
    return real;
  }

  /// `node` as it is or, where it `takes_codes` (a Gather, see NodeLowering::table), with the int8 codes of its table,
  /// a constant of the graph, in the table's place: what it takes of them is dequantized behind it.
  void add(Node node, bool takes_codes, const Quantization& quantization);

  [[nodiscard]] Graph written() { return std::move(out_); }

 private:
  FreshNames names_;
  Graph out_{};
  std::map<std::string, std::string> tables_{};  // codes by what they are codes of
};

/// The parameters of the constant weights of `node` while it runs in integers; null where it has none.
[[nodiscard]] const WeightParams* weights_of(const Quantization& quantization, const Node& node);

}  // namespace quantrail
