#include "export/openvino_rules.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "model/shape_math.h"

namespace quantrail {
namespace {

constexpr std::int8_t kLargestCode = 127;

bool is_8_bit(ElementType type) { return type == ElementType::Uint8 || type == ElementType::Int8; }

class Checker {
 public:
  explicit Checker(const Graph& graph) : graph_(graph), index_(graph) {}

  std::vector<std::string> obstacles() {
    for (const auto& node : graph_.nodes) {
      if (node.op == "QuantizeLinear") {
        check_quantize(node);
      } else if (node.op == "DequantizeLinear") {
        check_dequantize(node);
      }
    }
    for (const auto& output : graph_.outputs) {
      const auto at = index_.producer(output.name);
      if (at && graph_.nodes[*at].op == "DequantizeLinear")
        say(graph_.nodes[*at], "dequantizes what is an output of the network");
      if (output.type == ElementType::Uint8 || output.type == ElementType::Int8)
        found_.push_back(fmt::format("output \"{}\" is {}, not float", printable(output.name), name_of(output.type)));
    }
    return std::move(found_);
  }

 private:
  void say(const Node& node, std::string_view what) {
    found_.push_back(fmt::format("node \"{}\" ({}) {}", printable(node.name), node.op, what));
  }

  [[nodiscard]] std::size_t reads_of(const std::string& value) const {
    std::size_t reads = index_.is_output(value) ? 1 : 0;
    for (const std::size_t at : index_.readers(value)) {
      const auto& inputs = graph_.nodes[at].inputs;
      reads += static_cast<std::size_t>(std::count(inputs.begin(), inputs.end(), value));
    }
    return reads;
  }

  void check_reader(const Node& node) {
    const std::size_t reads = reads_of(node.outputs[0]);
    if (reads != 1) say(node, fmt::format("is read {} times, not once", reads));
  }

  void check_quantize(const Node& node) {
    check_reader(node);
    check_parameters(node, 1);
    const auto& readers = index_.readers(node.outputs[0]);
    for (const std::size_t at : readers) {
      const Node& reader = graph_.nodes[at];
      const bool undone = reader.op == "DequantizeLinear" && same_parameters(node, reader);
      if (!undone) say(node, "is not undone by a DequantizeLinear with the same scale and zero point");
    }
  }

  [[nodiscard]] bool same_parameters(const Node& quantize, const Node& dequantize) const {
    for (const std::size_t input : {std::size_t{1}, std::size_t{2}}) {
      const auto one = constant_input(graph_, quantize, input);
      const auto other = constant_input(graph_, dequantize, input);
      if (one == nullptr || other == nullptr || *one != *other) return false;
    }
    return true;
  }

  void check_dequantize(const Node& node) {
    check_reader(node);
    const auto stored = constant_input(graph_, node, 0);
    if (stored != nullptr) {
      check_weights(node, *stored);
      return;
    }
    const auto maker = index_.producer(node.inputs[0]);
    if (!maker || graph_.nodes[*maker].op != "QuantizeLinear") say(node, "reads neither a QuantizeLinear nor weights");
    check_parameters(node, 1);
  }

  void check_weights(const Node& node, const Tensor& codes) {
    if (codes.type != ElementType::Int8) {
      say(node, fmt::format("dequantizes {} constants; weights are int8, biases float", name_of(codes.type)));
      return;
    }
    const auto values = codes.values<std::int8_t>();
    if (std::any_of(values.begin(), values.end(), [](auto code) { return code < -kLargestCode; }))
      say(node, "has a weight code of -128");
    const auto axis = normal_axis(int_attribute(node, "axis", 1), codes.shape.size());
    check_parameters(node, axis ? codes.shape[*axis] : 1);
    const auto zero = constant_input(graph_, node, 2);
    const bool symmetric = zero != nullptr && std::all_of(zero->bytes.begin(), zero->bytes.end(),
                                                          [](auto b) { return b == std::byte{0}; });
    if (!symmetric) say(node, "has weights with a zero point other than 0");
  }

  /// `slices`: how many scales there may be, besides one without axes.
  void check_parameters(const Node& node, std::int64_t slices) {
    const auto scale = constant_input(graph_, node, 1);
    const auto zero = constant_input(graph_, node, 2);
    if (scale == nullptr || zero == nullptr) {
      say(node, "has a scale or zero point that is left out or computed");
      return;
    }
    if (!is_8_bit(zero->type)) say(node, fmt::format("has {} codes, not 256 levels", name_of(zero->type)));
    const bool fits =
        scale->shape.empty() || (slices > 1 && scale->shape == Shape{slices}) || element_count(scale->shape) == 1;
    if (!fits || scale->shape != zero->shape) say(node, "has scales and zero points that do not fit its input");
    const auto scales = floats_of(*scale);
    const bool positive =
        std::all_of(scales.begin(), scales.end(), [](float value) { return value > 0.0F && std::isfinite(value); });
    if (!positive) say(node, "has a scale that is not a positive number");
  }

  const Graph& graph_;
  GraphIndex index_;
  std::vector<std::string> found_{};
};

}  // namespace

std::vector<std::string> openvino_obstacles(const Graph& graph) { return Checker(graph).obstacles(); }

}  // namespace quantrail
