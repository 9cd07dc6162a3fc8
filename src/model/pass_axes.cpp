#include <algorithm>
#include <cmath>

#include "model/passes.h"
#include "model/shape_math.h"
#include "model/window.h"

namespace quantrail {
namespace {

TensorPtr list_of(const std::vector<std::int64_t>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return std::make_shared<Tensor>(Tensor::of<std::int64_t>({count}, std::span<const std::int64_t>(values)));
}

TensorPtr list_of(const std::vector<float>& values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return std::make_shared<Tensor>(Tensor::of<float>({count}, std::span<const float>(values)));
}

bool has_input(const Node& node, std::size_t at) { return at < node.inputs.size() && !node.inputs[at].empty(); }

/// Where each number for all axes is found in what holds for all of them with what is given for `axes` behind: of
/// `per_axis` numbers for each axis, the firsts of all come first.
std::vector<std::int64_t> places(const std::vector<std::size_t>& axes, std::size_t rank, std::size_t per_axis) {
  std::vector<std::int64_t> all(rank * per_axis);
  for (std::size_t at = 0; at < all.size(); ++at) all[at] = static_cast<std::int64_t>(at);
  for (std::size_t part = 0; part < per_axis; ++part) {
    for (std::size_t at = 0; at < axes.size(); ++at)
      all[part * rank + axes[at]] = static_cast<std::int64_t>(rank * per_axis + part * axes.size() + at);
  }
  return all;
}

template <class T>
std::optional<std::vector<T>> completed(std::vector<T> whole, const std::vector<T>& given,
                                        const std::vector<std::size_t>& axes, std::size_t per_axis) {
  if (given.size() != axes.size() * per_axis) return std::nullopt;
  const auto from = places(axes, whole.size() / per_axis, per_axis);
  whole.insert(whole.end(), given.begin(), given.end());
  std::vector<T> all;
  for (const auto place : from) all.push_back(whole[static_cast<std::size_t>(place)]);
  return all;
}

std::optional<std::vector<float>> constant_floats(const Graph& graph, const Node& node, std::size_t input) {
  const auto value = constant_input(graph, node, input);
  if (value == nullptr || value->type != ElementType::Float32) return std::nullopt;
  return floats_of(*value);
}

std::optional<std::vector<std::int64_t>> constant_integers(const Graph& graph, const Node& node, std::size_t input) {
  const auto value = constant_input(graph, node, input);
  if (value == nullptr || (value->type != ElementType::Int64 && value->type != ElementType::Int32)) return std::nullopt;
  return integers_of(*value);
}

class Speller {
 public:
  Speller(Graph& graph, const Probe& probe) : graph_(graph), probe_(probe), names_(graph) {}

  void spell_out() {
    std::vector<Node> nodes = std::move(graph_.nodes);
    for (auto& node : nodes) {
      if (node.op == "Resize") resize(node);
      if (node.op == "Pad") pad(node);
      if (node.op == "CenterCropPad") crop_or_pad(node);
      if (node.op == "AveragePool") pool(node);
      if (node.op == "AveragePool" || node.op == "MaxPool" || node.op == "LpPool") count_windows(node);
      spelt_.push_back(std::move(node));
    }
    graph_.nodes = std::move(spelt_);
  }

 private:
  /// As they are listed; nothing where that is none or wrong.
  [[nodiscard]] std::optional<std::vector<std::size_t>> positions(const Node& node,
                                                                  const std::vector<std::int64_t>& named) const {
    const auto rank = rank_of(probe_, node.inputs[0]);
    if (!rank || !normal_axes(named, *rank)) return std::nullopt;
    std::vector<std::size_t> axes;
    for (const auto axis : named) axes.push_back(*normal_axis(axis, *rank));
    return axes;
  }

  [[nodiscard]] std::size_t rank(const Node& node) const { return *rank_of(probe_, node.inputs[0]); }

  std::string kept(const std::string& name, TensorPtr tensor) {
    auto value = names_.value(name);
    graph_.constants[value] = std::move(tensor);
    return value;
  }

  std::string result(const std::string& name, const std::string& op, std::vector<std::string> inputs,
                     std::map<std::string, Attribute> attributes = {}) {
    Node node{names_.node(name + "_" + op), op, std::move(inputs), {names_.value(name)}, std::move(attributes), {}};
    spelt_.push_back(node);
    return node.outputs[0];
  }

  /// Numbers for all axes: those of `whole`, but for the `axes` the `given` ones.
  std::string gathered(const std::string& name, const std::string& whole, const std::string& given,
                       const std::vector<std::int64_t>& from) {
    const auto both = result(name + "_both", "Concat", {whole, given}, {{"axis", std::int64_t{0}}});
    return result(name, "Gather", {both, kept(name + "_places", list_of(from))});
  }

  std::string sizes_of_all(const Node& node, const std::string& given, const std::vector<std::size_t>& axes) {
    const auto shape = result(node.name + "_shape", "Shape", {node.inputs[0]});
    return gathered(node.name + "_sizes", shape, given, places(axes, rank(node), 1));
  }

  void resize(Node& node) {
    const auto named = ints_attribute(node, "axes", {});
    const auto axes = positions(node, named);
    if (named.empty() || !axes) return;
    const auto roi = region(node, *axes);
    if (!roi) return;
    if (has_input(node, 3) && string_attribute(node, "keep_aspect_ratio_policy", "stretch") == "stretch") {
      node.inputs[3] = sizes_of_all(node, node.inputs[3], *axes);
    } else if (const auto scales = scales_of_all(node, *axes)) {
      node.inputs.resize(3);
      node.inputs[2] = kept(node.name + "_scales", list_of(*scales));
      node.attributes.erase("keep_aspect_ratio_policy");
    } else {
      return;
    }
    node.inputs[1] = roi->empty() ? std::string() : kept(node.name + "_roi", list_of(*roi));
    node.attributes.erase("axes");
  }

  /// Empty where nothing is cropped; nothing where it is not known.
  [[nodiscard]] std::optional<std::vector<float>> region(const Node& node, const std::vector<std::size_t>& axes) const {
    if (string_attribute(node, "coordinate_transformation_mode", "") != "tf_crop_and_resize")
      return std::vector<float>{};
    const auto given = constant_floats(graph_, node, 1);
    if (!given) return std::nullopt;
    std::vector<float> whole(2 * rank(node), 0.0F);
    std::fill(whole.begin() + static_cast<std::ptrdiff_t>(rank(node)), whole.end(), 1.0F);
    return completed(std::move(whole), *given, axes, 2);
  }

  [[nodiscard]] std::optional<std::vector<float>> scales_of_all(const Node& node,
                                                                const std::vector<std::size_t>& axes) const {
    const auto given = has_input(node, 3) ? common_scale(node, axes) : constant_floats(graph_, node, 2);
    if (!given) return std::nullopt;
    return completed(std::vector<float>(rank(node), 1.0F), *given, axes, 1);
  }

  /// The scale that keeps the aspect ratio, where it gives the sizes that are asked for.
  [[nodiscard]] std::optional<std::vector<float>> common_scale(const Node& node,
                                                               const std::vector<std::size_t>& axes) const {
    const auto wanted = constant_integers(graph_, node, 3);
    const auto from = probe_.shapes.find(node.inputs[0])->second;
    const bool known = probe_.exact && std::find(axes.begin(), axes.end(), 0U) == axes.end();
    if (!known || !wanted || wanted->size() != axes.size()) return std::nullopt;
    const bool larger = string_attribute(node, "keep_aspect_ratio_policy", "") == "not_smaller";
    std::optional<float> common;
    for (std::size_t at = 0; at < axes.size(); ++at) {
      const auto scale = static_cast<float>((*wanted)[at]) / static_cast<float>(from[axes[at]]);
      common = !common ? scale : larger ? std::max(*common, scale) : std::min(*common, scale);
    }
    for (const auto axis : axes) {
      const float size = *common * static_cast<float>(from[axis]);
      if (std::floor(size) != std::floor(size + 0.5F)) return std::nullopt;
    }
    return std::vector<float>(axes.size(), *common);
  }

  void pad(Node& node) {
    if (!has_input(node, 3)) return;
    const auto named = constant_integers(graph_, node, 3);
    const auto axes = named ? positions(node, *named) : std::nullopt;
    if (!axes) return;
    const std::vector<std::int64_t> none(2 * rank(node), 0);
    if (const auto given = constant_integers(graph_, node, 1)) {
      const auto all = completed(none, *given, *axes, 2);
      if (!all) return;
      node.inputs[1] = kept(node.name + "_pads", list_of(*all));
    } else {
      const auto whole = kept(node.name + "_no_pads", list_of(none));
      node.inputs[1] = gathered(node.name + "_pads", whole, node.inputs[1], places(*axes, rank(node), 2));
    }
    node.inputs.resize(node.inputs[2].empty() ? 2 : 3);
  }

  void crop_or_pad(Node& node) {
    const auto named = ints_attribute(node, "axes", {});
    const auto axes = positions(node, named);
    if (named.empty() || !axes) return;
    node.inputs[1] = sizes_of_all(node, node.inputs[1], *axes);
    node.attributes.erase("axes");
  }

  static void pool(Node& node) {
    const auto dilations = ints_attribute(node, "dilations", {});
    if (std::all_of(dilations.begin(), dilations.end(), [](auto dilation) { return dilation == 1; }))
      node.attributes.erase("dilations");
  }

  /// Where ceil_mode adds a window that would begin behind the input, which does not count, says so without ceil_mode:
  /// ONNX's shape inference counts it.
  void count_windows(Node& node) const {
    const auto from = probe_.shapes.find(node.inputs[0]);
    if (!probe_.exact || from == probe_.shapes.end() || int_attribute(node, "ceil_mode", 0) == 0) return;
    const Shape spatial(from->second.begin() + 2, from->second.end());
    const auto window = window_of(node, spatial, {});
    if (!window) return;
    const auto ceiled = windows_fitting(*window, spatial, true);
    const auto floored = windows_fitting(*window, spatial, false);
    if (!ceiled || !floored || *ceiled != *floored) return;
    for (std::size_t axis = 0; axis < spatial.size(); ++axis) {
      const auto room = spatial[axis] + window->pads_begin[axis] + window->pads_end[axis] - extent(*window, axis);
      if (room % window->strides[axis] != 0) {
        node.attributes.erase("ceil_mode");
        return;
      }
    }
  }

  Graph& graph_;
  const Probe& probe_;
  Names names_;
  std::vector<Node> spelt_{};
};

}  // namespace

void spell_out_axes(Graph& graph, const Probe& probe) { Speller(graph, probe).spell_out(); }

}  // namespace quantrail
