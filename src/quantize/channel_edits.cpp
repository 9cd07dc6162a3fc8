#include "quantize/channel_edits.h"

#include <algorithm>
#include <cmath>

#include "model/codes.h"
#include "model/fresh_names.h"
#include "model/weight_edits.h"
#include "quantize/aggregators.h"

namespace quantrail {
namespace {

constexpr float kMostWidening = 100.0F;
constexpr float kLeastAligned = 0.01F;
/// What is left between the widest value that calibration has seen and a Clip, so that others of its kind pass, too.
constexpr float kHeadroom = 1.5F;

/// Equalization is needed where channels have this many bits less than the widest, on average.
constexpr double kNeeded = 2.0;
/// How much wider the positive side shall be than what a gate's negative side becomes.
constexpr float kNegativeSide = 2.0F;

/// How many bits of the widest channel's codes the others do without, on average over those that are not dead.
double bits_lost(const std::vector<float>& magnitude) {
  const double widest = *std::max_element(magnitude.begin(), magnitude.end());
  double sum = 0.0;
  double alive = 0.0;
  for (const float here : magnitude) {
    if (!(here > 0.0F)) continue;
    sum += std::log2(widest / here);
    alive += 1.0;
  }
  return sum / std::max(alive, 1.0);
}

void multiply(std::vector<float>& factors, const std::vector<float>& by, bool divide) {
  factors.resize(by.size(), 1.0F);
  for (std::size_t c = 0; c < by.size(); ++c) factors[c] = divide ? factors[c] / by[c] : factors[c] * by[c];
}

/// Per input channel of a layer with constant weights, the largest magnitude of the weights that read it.
std::vector<float> input_magnitudes(const Node& node, const Tensor& weights) {
  const auto values = weights.values<float>();
  if (node.op == "Conv") {
    const auto outputs = static_cast<std::size_t>(weights.shape[0]);
    const auto per_group = static_cast<std::size_t>(weights.shape[1]);
    const auto groups = static_cast<std::size_t>(int_attribute(node, "group", 1));
    const std::size_t kernel = values.size() / std::max<std::size_t>(outputs * per_group, 1);
    std::vector<float> largest(per_group * groups, 0.0F);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t output = i / (kernel * per_group);
      float& here = largest[output / (outputs / groups) * per_group + i / kernel % per_group];
      here = std::max(here, std::abs(values[i]));
    }
    return largest;
  }
  const auto columns = static_cast<std::size_t>(weights.shape[1]);
  const bool transposed = node.op == "Gemm" && int_attribute(node, "transB", 0) != 0;
  std::vector<float> largest(static_cast<std::size_t>(weights.shape[transposed ? 1 : 0]), 0.0F);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float& here = largest[transposed ? i % columns : i / columns];
    here = std::max(here, std::abs(values[i]));
  }
  return largest;
}

/// Per output channel of `consumer`: what a constant `shift` per input channel adds to its result.
std::vector<float> shift_response(const Tensor& weights, const std::vector<float>& shift) {
  const auto values = weights.values<float>();
  const auto outputs = static_cast<std::size_t>(weights.shape[0]);
  const std::size_t per_output = values.size() / std::max<std::size_t>(outputs, 1);
  const std::size_t kernel = per_output / std::max<std::size_t>(shift.size(), 1);
  std::vector<float> response;
  for (std::size_t o = 0; o < outputs; ++o) {
    double sum = 0.0;
    for (std::size_t i = 0; i < per_output; ++i)
      sum += static_cast<double>(values[o * per_output + i]) * shift[i / kernel];
    response.push_back(static_cast<float>(sum));
  }
  return response;
}

class ChannelEditor {
 public:
  ChannelEditor(const Graph& graph, const Placement& placement, const QuantizationParams& params,
                const Statistics& statistics)
      : graph_(graph),
        index_(graph),
        placement_(placement),
        params_(params),
        statistics_(statistics),
        names_(names_in(graph)) {}

  ChannelEdits result() {
    if (params_.channel_alignment) {
      for (const auto& pair : alignable(graph_)) align(pair);
    }
    if (params_.equalization.value_or(true)) {
      for (const auto& pair : equalizable(graph_)) equalize(pair);
    }
    if (params_.smooth_quant_alpha) {
      for (const auto& group : smoothable(graph_, placement_)) smooth(group);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Node& node(const std::string& name) const { return graph_.nodes[*index_.node(name)]; }
  [[nodiscard]] const ValueStatistics* seen(const std::string& value) const {
    const auto found = statistics_.values.find(value);
    return found == statistics_.values.end() ? nullptr : &found->second;
  }

  /// The weights as edited so far.
  [[nodiscard]] TensorPtr weights_of(const Node& layer) const {
    const auto edit = out_.edits.weight_edits.find(layer.name);
    if (edit == out_.edits.weight_edits.end()) return constant_input(graph_, layer, 1);
    Graph one;
    one.constants[layer.inputs[1]] = constant_input(graph_, layer, 1);
    one.nodes = {layer};
    if (const auto bias = constant_input(graph_, layer, 2)) one.constants[layer.inputs[2]] = bias;
    Quantization edits;
    edits.weight_edits.emplace(*edit);
    const Graph changed = edited(one, edits);
    return constant_input(changed, changed.nodes[0], 1);
  }

  /// The producer's channels times `factors`, the consumer's weights divided by them.
  void scale(const ChannelPair& pair, const std::vector<float>& factors) {
    WeightEdit& producer = out_.edits.weight_edits[pair.producer];
    multiply(producer.output_factors, factors, false);
    if (!producer.bias_shift.empty()) multiply(producer.bias_shift, factors, false);
    multiply(out_.edits.weight_edits[pair.consumer].input_factors, factors, true);
  }

  /// Adds to the bias of a layer's result.
  void shift(const std::string& layer, const std::vector<float>& by, float sign) {
    auto& sum = out_.edits.weight_edits[layer].bias_shift;
    sum.resize(by.size(), 0.0F);
    for (std::size_t c = 0; c < by.size(); ++c) sum[c] += sign * by[c];
  }

  void align(const ChannelPair& pair) {
    const ValueStatistics* channels = seen(pair.between);
    if (channels == nullptr || channels->channel_low.empty()) return;
    const auto& low = channels->channel_low;
    const auto& high = channels->channel_high;
    std::vector<float> mean(low.size());
    std::vector<float> width(low.size());
    std::vector<float> positive;
    for (std::size_t c = 0; c < low.size(); ++c) {
      mean[c] = 0.5F * (low[c] + high[c]);
      width[c] = high[c] - low[c];
      if (width[c] > 0.0F) positive.push_back(width[c]);
    }
    const Node& consumer = node(pair.consumer);
    // The consumer sees the mean through its weights as they were before the channels were scaled.
    shift(pair.consumer, shift_response(*weights_of(consumer), mean), 1.0F);
    shift(pair.producer, mean, -1.0F);
    out_.halved.insert(pair.consumer);
    if (positive.empty()) return;
    const double median = quantile_of(positive, 0.5);
    std::vector<float> factors(width.size(), 1.0F);
    for (std::size_t c = 0; c < width.size(); ++c) {
      if (width[c] <= 0.0F) continue;
      factors[c] = 1.0F / std::clamp(static_cast<float>(width[c] / median), kLeastAligned, kMostWidening);
    }
    scale(pair, factors);
  }

  void equalize(const ChannelPair& pair) {
    const ValueStatistics* channels = seen(pair.between);
    if (out_.halved.contains(pair.consumer)) return;  // aligned already
    if (channels == nullptr || channels->channel_magnitudes.empty()) return;
    const auto& magnitude = channels->channel_magnitudes;
    const Node& consumer = node(pair.consumer);
    const bool depthwise = int_attribute(consumer, "group", 1) != 1;
    if (!depthwise && !params_.equalization) return;
    const auto weights =
        depthwise ? std::vector<float>(magnitude.size(), 1.0F) : input_magnitudes(consumer, *weights_of(consumer));
    const float widest = *std::max_element(magnitude.begin(), magnitude.end());
    const float heaviest = *std::max_element(weights.begin(), weights.end());
    if (!(widest > 0.0F) || !(heaviest > 0.0F)) return;
    const bool gated = !pair.gate.empty();
    if ((gated || !params_.equalization) && bits_lost(magnitude) < kNeeded) return;
    const ValueStatistics* before = gated ? seen(node(pair.gate).inputs[0]) : nullptr;
    if (gated && (before == nullptr || before->channel_magnitudes.empty())) return;
    std::vector<float> factors(magnitude.size(), 1.0F);
    for (std::size_t c = 0; c < factors.size(); ++c) {
      if (!(magnitude[c] > 0.0F)) continue;
      const float room = widest / magnitude[c];
      float factor = depthwise ? room : std::sqrt(room * std::max(weights[c] / heaviest, 1e-6F));
      if (before != nullptr) {
        const float below = std::min(pair.closed_below, before->channel_magnitudes[c]);
        factor = std::min(factor, widest / (kNegativeSide * below));
      }
      if (pair.bound > 0.0F) factor = std::min(factor, pair.bound / (kHeadroom * magnitude[c]));
      factors[c] = std::clamp(factor, 1.0F, std::min(kMostWidening, room));
    }
    scale(pair, factors);
    if (!gated) return;
    // The gate reads what it read before.
    rescale(node(pair.gate).inputs[0], "_unscaled", pair.gate, pair.consumer, factors, true);
    if (pair.in_one) rescale(pair.between, "_scaled", pair.consumer, pair.consumer, factors, false);
  }

  /// Lets `reader` read `value` with its channels multiplied or divided; `layer` says how many axes follow them.
  void rescale(const std::string& value, const char* suffix, const std::string& reader, const std::string& layer,
               const std::vector<float>& factors, bool divide) {
    InputScaling scaling{.value = value, .readers = {reader}};
    scaling.scaled = names_.like(value + suffix);
    scaling.axes_behind = constant_input(graph_, node(layer), 1)->shape.size() - 2;
    multiply(scaling.factors, factors, divide);
    out_.edits.input_scalings.push_back(std::move(scaling));
  }

  void smooth(const Smoothable& group) {
    const ValueStatistics* channels = seen(group.value);
    if (channels == nullptr || channels->channel_magnitudes.empty()) return;
    const auto& magnitude = channels->channel_magnitudes;
    std::vector<float> heaviest(magnitude.size(), 0.0F);
    for (const auto& name : group.layers) {
      const auto weights = input_magnitudes(node(name), *constant_input(graph_, node(name), 1));
      if (weights.size() != heaviest.size()) return;
      for (std::size_t c = 0; c < weights.size(); ++c) heaviest[c] = std::max(heaviest[c], weights[c]);
    }
    const double alpha = *params_.smooth_quant_alpha;
    std::vector<float> factors(magnitude.size(), 1.0F);
    for (std::size_t c = 0; c < factors.size(); ++c) {
      if (!(magnitude[c] > 0.0F) || !(heaviest[c] > 0.0F)) continue;
      const double s = std::pow(magnitude[c], alpha) / std::pow(heaviest[c], 1.0 - alpha);
      factors[c] = static_cast<float>(1.0 / std::clamp(s, 1e-5, 1e5));
    }
    for (const auto& name : group.layers) multiply(out_.edits.weight_edits[name].input_factors, factors, true);
    if (!folded(group, factors)) insert(group, factors);
  }

  /// Puts the factors into the scale and shift that computed the value, where its only readers are the group's.
  bool folded(const Smoothable& group, const std::vector<float>& factors) {
    if (index_.is_output(group.value) || index_.readers(group.value).size() != group.layers.size()) return false;
    std::vector<std::string> changed;
    std::string value = group.value;
    for (;;) {
      const auto at = index_.producer(value);
      if (!at) return false;
      const Node& before = graph_.nodes[*at];
      if (before.op == "LayerNormalization" && constant_input(graph_, before, 1) != nullptr) {
        const bool shifted = before.inputs.size() > 2 && !before.inputs[2].empty();
        if (shifted && constant_input(graph_, before, 2) == nullptr) return false;
        changed.push_back(before.name);
        break;
      }
      if (before.op != "Mul" && before.op != "Add") return false;
      const std::size_t constant = constant_input(graph_, before, 0) != nullptr ? 0 : 1;
      const auto tensor = constant_input(graph_, before, constant);
      if (tensor == nullptr || tensor->type != ElementType::Float32 || tensor->shape.size() > 1) return false;
      changed.push_back(before.name);
      if (before.op == "Mul") break;
      value = before.inputs[1 - constant];
      if (index_.is_output(value) || index_.readers(value).size() != 1) return false;
    }
    for (const auto& name : changed) multiply(out_.edits.weight_edits[name].output_factors, factors, false);
    return true;
  }

  void insert(const Smoothable& group, const std::vector<float>& factors) {
    out_.edits.input_scalings.push_back({group.value, names_.like(group.value + "_smoothed"), factors, group.layers});
  }

  const Graph& graph_;
  GraphIndex index_;
  const Placement& placement_;
  const QuantizationParams& params_;
  const Statistics& statistics_;
  FreshNames names_;
  ChannelEdits out_{};
};

}  // namespace

StatisticsRequest edits_request(const Graph& graph, const Placement& placement, const QuantizationParams& params) {
  StatisticsRequest request;
  if (params.channel_alignment) {
    for (const auto& pair : alignable(graph)) request.channel_quantiles.insert(pair.between);
  }
  if (params.equalization.value_or(true)) {
    const GraphIndex index(graph);
    for (const auto& pair : equalizable(graph)) {
      request.channel_magnitudes.insert(pair.between);
      if (!pair.gate.empty()) request.channel_magnitudes.insert(graph.nodes[*index.node(pair.gate)].inputs[0]);
    }
  }
  if (params.smooth_quant_alpha) {
    for (const auto& group : smoothable(graph, placement)) {
      request.channel_magnitudes.insert(group.value);
      request.last_axis.insert(group.value);
    }
  }
  return request;
}

ChannelEdits channel_edits(const Graph& graph, const Placement& placement, const QuantizationParams& params,
                           const Statistics& statistics) {
  return ChannelEditor(graph, placement, params, statistics).result();
}

}  // namespace quantrail
