#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "quantize/moves.h"

namespace quantrail {

/// A graph as patterns look at it: which nodes compute one value from another, whatever exporters write in between.
class PatternView {
 public:
  using Position = std::optional<std::size_t>;

  /// Both must outlive this.
  PatternView(const Graph& graph, const GraphIndex& index) : graph_(graph), index_(index), tracer_(graph, index) {}

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const GraphIndex& index() const { return index_; }
  [[nodiscard]] const Node& node(std::size_t at) const { return graph_.nodes[at]; }
  [[nodiscard]] bool is(std::size_t at, std::initializer_list<std::string_view> ops) const;

  /// The node that computes `value`; nothing for inputs and constants.
  [[nodiscard]] Position producer(const std::string& value) const { return index_.producer(value); }
  /// The same through operators that only move values.
  [[nodiscard]] Position origin(const std::string& value) const { return tracer_.origin(value); }

  /// The variable operand of Add, Sub, Mul or Div with one constant (which divides, or is subtracted); nothing for
  /// others.
  [[nodiscard]] std::optional<std::string> variable_operand(std::size_t at) const;
  /// `value` before multiplications and divisions by constants.
  [[nodiscard]] std::string unscaled(const std::string& value) const;

  /// What `gate` is a hard sigmoid of, up to a factor: HardSigmoid, or a constant added and clamped, perhaps scaled.
  [[nodiscard]] std::optional<std::string> hard_sigmoid_of(const std::string& gate) const;
  /// What `gate` is a sigmoid or hard sigmoid of.
  [[nodiscard]] std::optional<std::string> sigmoid_of(const std::string& gate) const;

  /// The Conv, Gemm or MatMul that gives `value`, perhaps through moves and an Add of a constant (its bias).
  [[nodiscard]] Position weighted(const std::string& value) const;
  /// From the result of an activation (Relu, PRelu, HardSwish, or x * sigmoid(x) as two nodes) to its input.
  [[nodiscard]] std::optional<std::string> before_activation(const std::string& value) const;

 private:
  /// What is clamped to give the result of node `at`: by Clip, or by Min and Max with constants.
  [[nodiscard]] std::optional<std::string> clamped(std::size_t at) const;

  const Graph& graph_;
  const GraphIndex& index_;
  Tracer tracer_;
};

}  // namespace quantrail
