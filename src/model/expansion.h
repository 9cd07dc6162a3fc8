#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/learned_types.h"
#include "model/passes.h"

namespace quantrail {

/// Writes one operator as the ordinary operators that it stands for: of one on codes, DequantizeLinear nodes, the float
/// operator and QuantizeLinear.
class Expansion {
 public:
  using Attributes = std::map<std::string, Attribute>;

  /// `node` is what is expanded; constants go into `graph`, new names come from `names`. `sizes`, where they are
  /// known, also learn what is written.
  Expansion(Graph& graph, Names& names, Node node, LearnedSizes* sizes = nullptr)
      : graph_(graph), names_(names), node_(std::move(node)), sizes_(sizes) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] bool has(std::size_t input) const {
    return input < node_.inputs.size() && !node_.inputs[input].empty();
  }
  [[nodiscard]] bool wants(std::size_t output) const {
    return output < node_.outputs.size() && !node_.outputs[output].empty();
  }
  [[nodiscard]] bool is_constant(std::size_t input) const { return constant_input(graph_, node_, input) != nullptr; }
  /// The name of an input; empty where it is left out.
  [[nodiscard]] std::string input(std::size_t index) const { return has(index) ? node_.inputs[index] : std::string(); }
  [[nodiscard]] std::int64_t opset() const { return graph_.opset; }
  /// Of any value so far; sizes that are open are -1. Nothing where not even the rank is known.
  [[nodiscard]] std::optional<Shape> shape(const std::string& value) const;
  [[nodiscard]] std::optional<ElementType> type(const std::string& value) const;

  /// Where codes are among the node's inputs, with their scale and zero point.
  struct Operand {
    std::size_t codes = 0;
    std::size_t scale = 1;
    std::size_t zero = 2;
  };
  /// The value of an operand as reals. `axis`: of its scales, where there are several.
  [[nodiscard]] std::string real(Operand operand, std::int64_t axis = 0);
  /// An int32 bias whose scale is `factor` times the product of two constant scales, in this order in float32; nothing
  /// where they are not constant or do not match in number.
  [[nodiscard]] std::optional<std::string> bias(std::size_t codes, std::size_t left_scale, std::size_t right_scale,
                                                float factor = 1.0F);

  /// Names of codes, their scale and zero point.
  struct Codes {
    std::string codes{};
    std::string scale{};
    std::string zero{};  ///< empty: none
  };
  [[nodiscard]] Codes codes(Operand operand) const {
    return {input(operand.codes), input(operand.scale), input(operand.zero)};
  }
  /// An input of reals, quantized by its own range.
  [[nodiscard]] Codes quantized_by_range(std::size_t index);

  /// A scalar; returns its name.
  [[nodiscard]] std::string constant(float value);
  /// A scalar of the element type of `like`.
  [[nodiscard]] std::string constant_like(float value, const std::string& like);
  [[nodiscard]] std::string integer(std::int64_t value);
  [[nodiscard]] std::string integers(const std::vector<std::int64_t>& values);
  /// The size of an axis (not negative) as an int64 scalar: a constant where it is known.
  [[nodiscard]] std::string size(const std::string& value, std::size_t axis);
  /// `value` in the element type of `like`, where they are not known to be the same.
  [[nodiscard]] std::string cast_like(const std::string& value, const std::string& like);

  /// Another node; returns its result.
  std::string add(const std::string& op, std::vector<std::string> inputs, Attributes attributes = {});
  std::string reshaped(const std::string& value, const std::vector<std::int64_t>& shape);
  std::string transposed(const std::string& value, std::vector<std::int64_t> perm);
  std::string unsqueezed(const std::string& value, std::int64_t axis);
  /// Elements from `from` up to `to` of an axis, each `step`-th.
  std::string sliced(const std::string& value, std::int64_t axis, std::int64_t from, std::int64_t to,
                     std::int64_t step = 1);
  /// The operator that keeps the node's name; returns its result.
  std::string compute(const std::string& op, std::vector<std::string> inputs, Attributes attributes = {});

  /// Ends with `value` as codes by the scale and zero point at these inputs, under the name of the node's result.
  std::vector<Node> quantized(const std::string& value, std::size_t scale, std::size_t zero);
  /// Ends with the node itself as operator `op` of ONNX's own domain.
  std::vector<Node> renamed(const std::string& op);
  /// Ends with `value` itself as the node's result.
  std::vector<Node> plain(const std::string& value) { return results({value}); }
  /// Ends with these values as the node's results, as far as somebody wants them.
  std::vector<Node> results(const std::vector<std::string>& values);

 private:
  /// The zero point with as many elements as the scale.
  [[nodiscard]] std::string spread_zero(std::size_t scale, std::size_t zero);
  [[nodiscard]] std::string named(const std::string& kind, Tensor value);
  void rename(const std::string& from, const std::string& to);

  Graph& graph_;
  Names& names_;
  Node node_;
  LearnedSizes* sizes_;
  std::vector<Node> made_{};
};

/// QLinearConv and QLinearMatMul (ONNX's own) as float operators between codes, where their scales allow it; others
/// stay.
void expand_integer_layers(Graph& graph);

}  // namespace quantrail
