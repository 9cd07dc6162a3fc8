#include "quantize/told_apart.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>

#include "model/interpret.h"

namespace quantrail {
namespace {

constexpr std::size_t kPoints = 4096;
constexpr std::size_t kMostElements = std::size_t{1} << 18U;  // over all channels: fewer points where there are many
constexpr std::size_t kFewestPoints = 64;

/// A constant with one number per channel, some axes before the last.
struct Channels {
  std::int64_t count = 1;
  std::size_t axes_behind = 1;
  bool operator==(const Channels&) const = default;
};

std::optional<Channels> channels_of(const Tensor& constant) {
  const Shape& shape = constant.shape;
  const auto own = std::find_if(shape.begin(), shape.end(), [](auto size) { return size != 1; });
  if (own == shape.end() || *own != element_count(shape) || own + 1 == shape.end()) return std::nullopt;
  return Channels{*own, static_cast<std::size_t>(shape.end() - own) - 1};
}

bool is_function(const Graph& graph, const Node& node) {
  constexpr std::array<std::string_view, 20> kFunctions{
      "Relu", "Clip", "LeakyRelu", "Elu",      "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh",
      "Gelu", "Mish", "Softplus",  "Softsign", "Erf",  "Add",  "Sub",     "Mul",         "Div",       "Min"};
  if (node.outputs.size() != 1) return false;
  if (std::find(kFunctions.begin(), kFunctions.end(), node.op) == kFunctions.end()) return false;
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](const auto& input) {
    const auto constant = graph.constants.find(input);
    return constant == graph.constants.end() || element_count(constant->second->shape) == 1 ||
           channels_of(*constant->second);
  });
}

/// What is known of a network that is quantized.
struct Quantized {
  const Graph& graph;
  const GraphIndex& index;
  const Placement& placement;
  const ActivationCodes& codes;

  [[nodiscard]] bool in_integers(std::size_t at) const {
    const Place place = placement.nodes[at].place;
    return place == Place::Integer || place == Place::Passthrough;
  }
  [[nodiscard]] const ActivationParams* codes_of(const std::string& value) const {
    const auto found = codes.find(value);
    return found == codes.end() ? nullptr : &found->second;
  }
  /// A float operator reads codes only of what comes out of an integer one.
  [[nodiscard]] bool read_as_codes(const std::string& value, std::size_t reader) const {
    const auto from = index.producer(value);
    return codes_of(value) != nullptr && (in_integers(reader) || (from && in_integers(*from)));
  }
};

/// What follows from one value element by element.
class Cone {
 public:
  /// `moved`: values that are moved from `tip`, or `tip` from them; they are looked at on their own.
  Cone(const Quantized& network, std::string tip, const std::set<std::string>& moved)
      : network_(network), tip_(std::move(tip)), moved_(moved) {
    members_.insert(tip_);
    grow();
  }

  /// Whether those who read the tip only move it.
  [[nodiscard]] bool is_only_moved() const {
    return nodes_.empty() && !network_.index.is_output(tip_) && readers_outside(tip_).empty();
  }

  [[nodiscard]] std::size_t points_per_channel() const {
    const auto channels = static_cast<std::size_t>(channels_.value_or(Channels{}).count);
    return std::clamp(kMostElements / channels, kFewestPoints, kPoints);
  }

  /// Whether all that leaves the cone does so as codes, and none of it is the tip.
  [[nodiscard]] bool ends_in_codes() const {
    return std::all_of(members_.begin(), members_.end(), [this](const auto& value) {
      if (network_.index.is_output(value)) return false;
      const auto outside = readers_outside(value);
      return std::all_of(outside.begin(), outside.end(),
                         [&](std::size_t at) { return value != tip_ && network_.read_as_codes(value, at); });
    });
  }

  /// The codes of all that leaves the cone, one row per value and channel, for `points` at its tip; nothing where a
  /// function cannot be computed. Precondition: ends_in_codes().
  [[nodiscard]] std::optional<std::vector<std::vector<std::uint8_t>>> codes_for(std::span<const float> points) const {
    std::map<std::string, Tensor> reals{{tip_, in_each_channel(points)}};
    std::map<std::string, Tensor> rounded;
    std::vector<std::vector<std::uint8_t>> rows;
    for (const std::size_t at : nodes_) {
      const Node& node = network_.graph.nodes[at];
      std::vector<const Tensor*> inputs;
      for (const auto& input : node.inputs) {
        const bool as_codes = input != tip_ && network_.read_as_codes(input, at);
        inputs.push_back(operand(input, as_codes ? rounded : reals));
      }
      auto results = interpreted(node, network_.graph.opset, inputs);
      if (!results) return std::nullopt;
      const std::string& name = node.outputs[0];
      if (const auto* params = network_.codes_of(name)) {
        Tensor values = results->front();
        const bool leaves = !readers_outside(name).empty();
        std::size_t i = 0;
        for (float& real : values.values<float>()) {
          const std::uint8_t code = activation_code(real, *params);
          real = activation_real(code, *params);
          if (!leaves) continue;
          if (i++ % points.size() == 0) rows.emplace_back();
          rows.back().push_back(code);
        }
        rounded.emplace(name, std::move(values));
      }
      reals.emplace(name, std::move(results->front()));
    }
    return rows;
  }

 private:
  [[nodiscard]] Tensor in_each_channel(std::span<const float> points) const {
    const Channels channels = channels_.value_or(Channels{});
    Shape shape(channels.axes_behind + 1, 1);
    shape[0] = channels.count;
    shape[1] = static_cast<std::int64_t>(points.size());
    std::vector<float> values;
    for (std::int64_t c = 0; c < channels.count; ++c) values.insert(values.end(), points.begin(), points.end());
    return Tensor::of<float>(shape, std::span<const float>(values));
  }

  void grow() {
    const auto& first = network_.index.readers(tip_);
    std::set<std::size_t> open(first.begin(), first.end());
    while (!open.empty()) {
      const std::size_t at = *open.begin();
      open.erase(open.begin());
      const Node& node = network_.graph.nodes[at];
      const bool inside = std::all_of(node.inputs.begin(), node.inputs.end(), [this](const auto& input) {
        return input.empty() || members_.contains(input) || network_.graph.constants.contains(input);
      });
      if (!inside || !is_function(network_.graph, node)) continue;
      if (!fits(node)) continue;
      nodes_.insert(at);
      members_.insert(node.outputs[0]);
      const auto& next = network_.index.readers(node.outputs[0]);
      open.insert(next.begin(), next.end());
    }
  }

  /// Whether the node's constants agree with others in what the channels are; takes note of them.
  bool fits(const Node& node) {
    std::optional<Channels> found = channels_;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const auto constant = constant_input(network_.graph, node, i);
      const auto own = constant == nullptr ? std::nullopt : channels_of(*constant);
      if (!own) continue;
      if (found && *found != *own) return false;
      found = own;
    }
    channels_ = found;
    return true;
  }

  [[nodiscard]] std::vector<std::size_t> readers_outside(const std::string& value) const {
    std::vector<std::size_t> outside;
    for (const std::size_t at : network_.index.readers(value)) {
      const bool moves = value == tip_ && moved_.contains(network_.graph.nodes[at].outputs[0]);
      if (!moves && !nodes_.contains(at)) outside.push_back(at);
    }
    return outside;
  }

  [[nodiscard]] const Tensor* operand(const std::string& name, const std::map<std::string, Tensor>& computed) const {
    if (name.empty()) return nullptr;
    const auto found = computed.find(name);
    return found != computed.end() ? &found->second : network_.graph.constants.find(name)->second.get();
  }

  const Quantized& network_;
  std::string tip_;
  const std::set<std::string>& moved_;
  std::set<std::string> members_{};
  std::set<std::size_t> nodes_{};  // in graph order, which is an order of computation
  std::optional<Channels> channels_{};
};

std::vector<float> points_of(Interval range, std::size_t count) {
  std::vector<float> points(count);
  const double step = (range.hi - range.lo) / static_cast<double>(count - 1);
  for (std::size_t i = 0; i < count; ++i) points[i] = static_cast<float>(range.lo + step * static_cast<double>(i));
  return points;
}

/// How many entries at each end of `row` equal the one at that end.
std::pair<std::size_t, std::size_t> equal_ends(const std::vector<std::uint8_t>& row) {
  const auto differs = [](std::uint8_t end) { return [end](std::uint8_t code) { return code != end; }; };
  const auto low = std::find_if(row.begin(), row.end(), differs(row.front())) - row.begin();
  const auto high = std::find_if(row.rbegin(), row.rend(), differs(row.back())) - row.rbegin();
  return {static_cast<std::size_t>(low), static_cast<std::size_t>(high)};
}

/// What the readers of one value tell apart.
Interval told_apart_by(const Cone& cone, Interval range) {
  if (!cone.ends_in_codes()) return range;
  const auto points = points_of(range, cone.points_per_channel());
  const auto rows = cone.codes_for(points);
  if (!rows || rows->empty()) return range;
  std::size_t low = points.size();
  std::size_t high = points.size();
  for (const auto& row : *rows) {
    const auto [equal_low, equal_high] = equal_ends(row);
    low = std::min(low, equal_low);
    high = std::min(high, equal_high);
  }
  const double lo = low > 1 ? static_cast<double>(points[low - 1]) : range.lo;
  const double hi = high > 1 ? static_cast<double>(points[points.size() - high]) : range.hi;
  return {std::min(lo, 0.0), std::max(hi, 0.0)};
}

}  // namespace

Interval told_apart(const Graph& graph, const GraphIndex& index, const Placement& placement,
                    const ActivationCodes& codes, const std::vector<std::string>& values, Interval range) {
  if (!(range.lo < range.hi)) return range;
  const Quantized network{graph, index, placement, codes};
  const std::set<std::string> moved(values.begin(), values.end());
  Interval all;
  bool read = false;
  for (const auto& value : values) {
    const Cone cone(network, value, moved);
    if (cone.is_only_moved()) continue;
    const Interval apart = told_apart_by(cone, range);
    all = {std::min(all.lo, apart.lo), std::max(all.hi, apart.hi)};
    read = true;
  }
  return read ? all : range;  // nothing depends on it
}

}  // namespace quantrail
