#include "quantize/report.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "evaluate/feed.h"
#include "model/codes.h"
#include "model/infer.h"
#include "model/lowering.h"
#include "quantize/paired_layer.h"
#include "quantize/placement.h"
#include "runtime/kernels_quantize.h"

namespace quantrail {
namespace {

/// A layer that reads a tensor.
struct Reader {
  std::size_t report = 0;  ///< position in QuantizationReport::layers
  PairedLayer layer{};
};

/// What one sample says about one tensor and the layers that read it.
struct TensorSample {
  CodingError error{};
  std::bitset<256> codes{};
  std::vector<PairCounts> pairs{};  ///< parallel to the tensor's readers
};

std::bitset<256> used(const std::vector<std::uint8_t>& codes) {
  std::array<bool, 256> seen{};
  for (const auto code : codes) seen[code] = true;
  std::bitset<256> set;
  for (std::size_t code = 0; code < seen.size(); ++code) set[code] = seen[code];
  return set;
}

class Reporter {
 public:
  Reporter(const Graph& graph, const Quantization& quantization, const ReportOptions& options)
      : graph_(graph), quantization_(quantization), options_(options) {}

  Result<QuantizationReport> run(const Dataset& dataset, std::span<const std::size_t> samples) {
    if (const auto described = describe(dataset); !described) return failed(described);
    std::vector<std::vector<std::uint8_t>> codes(options_.pass.threads);  // of each worker
    const auto look = [&](const ValueInSight& value) -> Lesson {
      auto seen = measured(value.value, value.view, static_cast<std::int64_t>(value.sample), codes[value.worker]);
      return [this, tensor = value.value, seen = std::move(seen)] { learn(tensor, seen); };
    };
    const auto passed = watched(graph_, values_, dataset, samples, options_.pass, look);
    if (!passed) return failed(passed);
    report_.samples = static_cast<std::int64_t>(samples.size());
    return std::move(report_);
  }

 private:
  /// All that needs no data.
  Status describe(const Dataset& dataset) {
    const Graph sized_graph = sized(graph_, dataset.inputs());
    const auto shapes = input_shapes(sized_graph, fixed_batch(sized_graph).value_or(1));
    if (!shapes) return failed(shapes);
    const auto known = specialised(sized_graph, *shapes);
    if (!known) return failed(known);
    const Lowering lowering = lowered(graph_, &quantization_, options_.reverted, options_.revert_mode);
    for (const auto& input : graph_.inputs) add_tensor(input.name, false, lowering);
    for (const auto& node : graph_.nodes) {
      const bool moved = quantization_.passthrough.contains(node.name);
      for (const auto& value : node.outputs) add_tensor(value, moved, lowering);
    }
    readers_.resize(values_.size());
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (const auto table = quantization_.tables.find(graph_.nodes[at].name); table != quantization_.tables.end())
        add_table(graph_.nodes[at], table->second, lowering.nodes[at].table);
      const auto layer = quantization_.layers.find(graph_.nodes[at].name);
      if (layer == quantization_.layers.end()) continue;
      const auto added = add_layer(graph_.nodes[at], layer->second, lowering.nodes[at].integer, known->types);
      if (!added) return failed(added);
    }
    return {};
  }

  void add_tensor(const std::string& value, bool moved, const Lowering& lowering) {
    const auto params = quantization_.activations.find(value);
    if (params == quantization_.activations.end()) return;
    values_.push_back(value);
    report_.tensors.push_back(
        {.name = value, .params = params->second, .moved = moved, .as_codes = lowering.codes.contains(value)});
  }

  void add_table(const Node& node, const WeightParams& params, bool held) {
    LayerReport made{.name = node.name, .op = node.op, .integer = held};
    made.weights = coding_error(*constant_input(graph_, node, 0), params);
    report_.layers.push_back(std::move(made));
  }

  Status add_layer(const Node& node, const LayerQuantization& layer, bool integer, const ValueTypes& types) {
    LayerReport made{.name = node.name, .op = node.op, .integer = integer};
    if (layer.weights) {
      const Tensor& weights = *constant_input(graph_, node, 1);
      made.weights = coding_error(weights, *layer.weights);
      made.bias_change = bias_change(node);
      made.pairs.emplace();
      auto paired = paired_layer(graph_, node, *layer.weights, types);
      if (!paired) return failed(paired);
      const auto input = std::find(values_.begin(), values_.end(), node.inputs[0]);
      readers_[static_cast<std::size_t>(input - values_.begin())].push_back(
          {report_.layers.size(), std::move(*paired)});
    }
    report_.layers.push_back(std::move(made));
    return {};
  }

  [[nodiscard]] std::optional<double> bias_change(const Node& node) const {
    const auto corrected = quantization_.bias_edits.find(node.name);
    if (corrected == quantization_.bias_edits.end()) return std::nullopt;
    std::vector<float> old = own_bias(graph_, node);
    old.resize(corrected->second.size(), 0.0F);
    double largest = 0.0;
    for (std::size_t c = 0; c < old.size(); ++c) {
      largest = std::max(largest, std::abs(static_cast<double>(corrected->second[c]) - static_cast<double>(old[c])));
    }
    return largest;
  }

  [[nodiscard]] TensorSample measured(std::size_t tensor, const SampleView& view, std::int64_t sample,
                                      std::vector<std::uint8_t>& codes) const {
    const ActivationParams params = report_.tensors[tensor].params;
    codes.resize(view.values.size());
    kernels::quantize(view.values, params, codes);
    TensorSample seen{.error = coding_error(view.values, codes, params), .codes = used(codes)};
    for (const auto& reader : readers_[tensor]) {
      const LookedAt at = looked_at(reader.layer, codes, view, params.zero_point, options_.positions, sample);
      seen.pairs.push_back(saturation(reader.layer.pairs, at.input, at.positions));
    }
    return seen;
  }

  void learn(std::size_t at, const TensorSample& seen) {
    TensorReport& tensor = report_.tensors[at];
    tensor.error += seen.error;
    tensor.codes |= seen.codes;
    for (std::size_t reader = 0; reader < readers_[at].size(); ++reader) {
      *report_.layers[readers_[at][reader].report].pairs += seen.pairs[reader];
    }
  }

  const Graph& graph_;
  const Quantization& quantization_;
  const ReportOptions& options_;
  std::vector<std::string> values_{};           // watched; parallel to report_.tensors, as are readers_
  std::vector<std::vector<Reader>> readers_{};  // layers that read the value
  QuantizationReport report_{};
};

}  // namespace

float TensorReport::lo() const { return activation_real(0, params); }
float TensorReport::hi() const { return activation_real(255, params); }

Result<QuantizationReport> reported(const Graph& graph, const Quantization& quantization, const Dataset& dataset,
                                    std::span<const std::size_t> samples, const ReportOptions& options) {
  return Reporter(graph, quantization, options).run(dataset, samples);
}

}  // namespace quantrail
