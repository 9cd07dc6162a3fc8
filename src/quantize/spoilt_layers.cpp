#include "quantize/spoilt_layers.h"

#include <algorithm>
#include <map>
#include <vector>

#include "evaluate/feed.h"
#include "model/infer.h"
#include "quantize/coding_error.h"
#include "quantize/paired_layer.h"
#include "runtime/kernels_quantize.h"

namespace quantrail {
namespace {

constexpr double kMostLost = 1e-4;    // of the energy of results
constexpr double kHalvingAdds = 3.0;  // twice the step, four times the noise
constexpr std::int64_t kPositions = 64;

/// Squares, added up.
struct Energy {
  double sum = 0.0;
  double count = 0.0;

  [[nodiscard]] double mean() const { return count > 0.0 ? sum / count : 0.0; }
  Energy& operator+=(const Energy& other) {
    sum += other.sum;
    count += other.count;
    return *this;
  }
};

/// A layer that can saturate, and what was seen of it.
struct Suspect {
  const Node* node = nullptr;
  PairedLayer layer{};
  double weight_noise = 0.0;  ///< of the weights' energy
  Energy lost{};              ///< in steps of the input's codes
  Energy results{};

  [[nodiscard]] bool spoilt(double input_step) const {
    const double share = std::max(kMostLost, kHalvingAdds * weight_noise);
    return lost.mean() * input_step * input_step > share * results.mean();
  }
};

/// What one sample says about the layers that read a value, and the one that computes it.
struct Seen {
  std::vector<Energy> lost{};  ///< parallel to the value's readers
  Energy results{};
};

class Search {
 public:
  Search(const Graph& graph, const Quantization& quantization) : graph_(graph), quantization_(quantization) {}

  Status find_suspects(const Dataset& dataset) {
    const Graph known = sized(graph_, dataset.inputs());
    const auto shapes = input_shapes(known, fixed_batch(known).value_or(1));
    if (!shapes) return failed(shapes);
    const auto model = specialised(known, *shapes);
    if (!model) return failed(model);
    for (const auto& node : graph_.nodes) {
      const auto layer = quantization_.layers.find(node.name);
      if (layer == quantization_.layers.end() || !layer->second.weights) continue;
      auto paired = paired_layer(graph_, node, *layer->second.weights, model->types);
      if (!paired) return failed(paired);
      if (paired->pairs.layer.from == 1 || paired->pairs.pairs.empty()) continue;
      readers_[position_of(node.inputs[0])].push_back(suspects_.size());
      makers_[position_of(node.outputs[0])] = suspects_.size();
      const CodingError error = coding_error(*constant_input(graph_, node, 1), *layer->second.weights).total;
      suspects_.push_back({.node = &node,
                           .layer = std::move(*paired),
                           .weight_noise = error.signal > 0.0 ? error.noise / error.signal : 0.0});
    }
    return {};
  }

  Result<std::set<std::string, std::less<>>> spoilt(const Dataset& dataset, std::span<const std::size_t> samples,
                                                    const PassOptions& options) {
    std::set<std::string, std::less<>> names;
    if (suspects_.empty()) return names;
    const auto passed =
        watched(graph_, values_, dataset, samples, options, [this](const ValueInSight& value) -> Lesson {
          return [this, at = value.value, seen = measured(value)] { learn(at, seen); };
        });
    if (!passed) return failed(passed);
    for (const auto& suspect : suspects_) {
      if (suspect.spoilt(input_of(suspect).scale)) names.insert(suspect.node->name);
    }
    return names;
  }

 private:
  /// Where `value` stands among those that are watched.
  std::size_t position_of(const std::string& value) {
    const auto [known, is_new] = positions_.emplace(value, values_.size());
    if (is_new) values_.push_back(value);
    return known->second;
  }

  [[nodiscard]] const ActivationParams& input_of(const Suspect& suspect) const {
    return quantization_.activations.find(suspect.node->inputs[0])->second;
  }

  [[nodiscard]] Seen measured(const ValueInSight& value) const {
    Seen seen;
    if (makers_.contains(value.value)) {
      for (const float result : value.view.values) seen.results.sum += static_cast<double>(result) * result;
      seen.results.count = static_cast<double>(value.view.values.size());
    }
    const auto readers = readers_.find(value.value);
    if (readers == readers_.end()) return seen;
    std::vector<std::uint8_t> codes(value.view.values.size());
    const ActivationParams& params = input_of(suspects_[readers->second.front()]);
    kernels::quantize(value.view.values, params, codes);
    for (const auto reader : readers->second) {
      const PairedLayer& layer = suspects_[reader].layer;
      const LookedAt at =
          looked_at(layer, codes, value.view, params.zero_point, kPositions, static_cast<std::int64_t>(value.sample));
      seen.lost.push_back({lost_energy(layer.pairs, at.input, at.positions),
                           static_cast<double>(at.positions.size() * layer.pairs.ends.size())});
    }
    return seen;
  }

  void learn(std::size_t value, const Seen& seen) {
    if (const auto maker = makers_.find(value); maker != makers_.end())
      suspects_[maker->second].results += seen.results;
    const auto readers = readers_.find(value);
    for (std::size_t at = 0; at < seen.lost.size(); ++at) suspects_[readers->second[at]].lost += seen.lost[at];
  }

  const Graph& graph_;
  const Quantization& quantization_;
  std::vector<Suspect> suspects_{};
  std::vector<std::string> values_{};
  std::map<std::string, std::size_t> positions_{};             // in values_
  std::map<std::size_t, std::vector<std::size_t>> readers_{};  // of values, by their positions: suspects
  std::map<std::size_t, std::size_t> makers_{};                // likewise
};

}  // namespace

Result<std::set<std::string, std::less<>>> spoilt_layers(const Graph& graph, const Quantization& quantization,
                                                         const Dataset& dataset, std::span<const std::size_t> samples,
                                                         const PassOptions& options) {
  Search search(graph, quantization);
  if (const auto found = search.find_suspects(dataset); !found) return failed(found);
  return search.spoilt(dataset, samples, options);
}

}  // namespace quantrail
