#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/passes.h"

namespace quantrail {

/// Writes an operator on codes as what it stands for: DequantizeLinear nodes, the float operator, QuantizeLinear.
class CodeExpansion {
 public:
  /// `node` is what is expanded; constants go into `graph`, new names come from `names`.
  CodeExpansion(Graph& graph, Names& names, Node node) : graph_(graph), names_(names), node_(std::move(node)) {}

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] bool has(std::size_t input) const {
    return input < node_.inputs.size() && !node_.inputs[input].empty();
  }
  [[nodiscard]] bool is_constant(std::size_t input) const { return constant_input(graph_, node_, input) != nullptr; }

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
  /// Another node; returns its result.
  std::string add(const std::string& op, std::vector<std::string> inputs,
                  std::map<std::string, Attribute> attributes = {});
  /// The float operator, which keeps the node's name; returns its result.
  std::string compute(const std::string& op, std::vector<std::string> inputs,
                      std::map<std::string, Attribute> attributes = {});
  /// Ends with `value` as codes by the scale and zero point at these inputs, under the name of the node's result.
  std::vector<Node> quantized(const std::string& value, std::size_t scale, std::size_t zero);
  /// Ends with the node itself as operator `op` of ONNX's own domain.
  std::vector<Node> renamed(const std::string& op);
  /// Ends with `value` itself as the node's result.
  std::vector<Node> plain(const std::string& value);

 private:
  [[nodiscard]] std::string input(std::size_t index) const { return has(index) ? node_.inputs[index] : std::string(); }
  /// The zero point with as many elements as the scale.
  [[nodiscard]] std::string spread_zero(std::size_t scale, std::size_t zero);

  Graph& graph_;
  Names& names_;
  Node node_;
  std::vector<Node> made_{};
};

/// QLinearConv and QLinearMatMul (ONNX's own) as float operators between codes, where their scales allow it; others
/// stay.
void expand_integer_layers(Graph& graph);

/// Operators of the domain com.microsoft that expand_foreign() knows; in a Graph their op has that domain in front.
[[nodiscard]] bool is_known_foreign(const std::string& op);
inline constexpr std::string_view kForeignDomain = "com.microsoft";

/// Operators of ONNX Runtime's own domain, on codes and what its optimiser writes beside them, become ONNX's. Errors:
/// Unsupported, naming the node, for forms that have no equivalent.
[[nodiscard]] Result<Graph> expand_foreign(Graph graph);

}  // namespace quantrail
