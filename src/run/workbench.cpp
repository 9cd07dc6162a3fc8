#include "run/workbench.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "evaluate/feed.h"
#include "metrics/fidelity.h"
#include "model/infer.h"
#include "model/weight_edits.h"
#include "quantize/collect.h"
#include "quantize/placement.h"
#include "quantize/quantize.h"
#include "quantize/revert_closure.h"
#include "quantize/spoilt_layers.h"
#include "run/settings.h"

namespace quantrail {
namespace {

class RealWorkbench final : public Workbench {
 public:
  explicit RealWorkbench(const RunInputs& inputs) : inputs_(inputs) {}

  Status prepare() {
    auto whole = parts_of(inputs_.graph);
    if (!whole) return failed(whole);
    whole_ = std::move(*whole);
    return {};
  }

  StatisticsRequest needed_for_edits(const QuantizationParams& params) override {
    return edits_request(inputs_.graph, whole_.placement, params);
  }

  ChannelEdits edits(const QuantizationParams& params, const Statistics& statistics) override {
    return channel_edits(inputs_.graph, whole_.placement, params, statistics);
  }

  Result<StatisticsRequest> needed_statistics(const QuantizationParams& params, const ChannelEdits& edits) override {
    const auto parts = edited_parts(edits);
    if (!parts) return failed(parts);
    return statistics_request({(*parts)->graph, (*parts)->types, (*parts)->placement}, params);
  }

  Result<Statistics> calibrate(const ChannelEdits& edits, const StatisticsRequest& request,
                               const std::vector<std::size_t>& samples,
                               const std::function<void(std::size_t)>& progress, std::stop_token stop) override {
    return collected(edited(inputs_.graph, edits.edits), request, *inputs_.calibration, samples,
                     {.threads = inputs_.threads, .stop = std::move(stop), .progress = progress});
  }

  Result<Quantization> quantize(const QuantizationParams& params, const ChannelEdits& edits,
                                const Statistics& statistics) override {
    const auto parts = edited_parts(edits);
    if (!parts) return failed(parts);
    auto made = quantized({(*parts)->graph, (*parts)->types, (*parts)->placement, edits.edits, edits.halved},
                          statistics, params);
    if (made && inputs_.compression.accuracy_aware.compatibility == Compatibility::Pot) {
      made->groups = closed_groups((*parts)->graph, *made);
    }
    return made;
  }

  Result<double> output_error(const Quantization& quantization, const std::vector<std::size_t>& samples,
                              const EvaluationHooks& hooks) override {
    const auto ready = comparison();
    if (!ready) return failed(ready);
    if (*ready == nullptr) return std::numeric_limits<double>::quiet_NaN();
    EvaluationRequest request;
    request.variant.quantization = &quantization;
    request.samples = samples;
    const auto found = (*ready)->evaluated(request, hooks);
    if (!found) return failed(found);
    double sum = 0.0;
    std::size_t count = 0;
    for (const auto& [name, errors] : found->per_sample) {
      for (const double error : errors) sum += std::min(error, 1.0);
      count += errors.size();
    }
    return sum / static_cast<double>(count);
  }

  Result<std::set<std::string, std::less<>>> spoilt(const Quantization& quantization,
                                                    const std::vector<std::size_t>& samples,
                                                    const std::function<void(std::size_t)>& progress,
                                                    std::stop_token stop) override {
    return spoilt_layers(edited(inputs_.graph, quantization), quantization, *inputs_.calibration, samples,
                         {.threads = inputs_.threads, .stop = std::move(stop), .progress = progress});
  }

  std::size_t correctable(const Quantization& quantization, bool all_layers) override {
    return fully_correctable(edited(inputs_.graph, quantization), quantization, all_layers).size();
  }

  Result<Quantization> correct(const Quantization& quantization, const std::vector<std::size_t>& samples,
                               const FullCorrection& options) override {
    FullCorrection threaded = options;
    threaded.threads = inputs_.threads;
    return fully_corrected(edited(inputs_.graph, quantization), quantization, *inputs_.calibration, samples, threaded);
  }

  Result<Evaluation> evaluate(const EvaluationRequest& request, const EvaluationHooks& hooks) override {
    const auto ready = evaluator();
    return ready ? (*ready)->evaluated(request, hooks) : failed(ready);
  }

  Result<std::vector<Evaluation>> evaluate_together(const Variant& base, std::span<const EvaluationRequest> requests,
                                                    const EvaluationHooks& hooks) override {
    const auto ready = evaluator();
    return ready ? (*ready)->evaluated_together(base, requests, hooks) : failed(ready);
  }

  Result<std::optional<double>> pace(const Variant& variant) override {
    if (!inputs_.validation || inputs_.metrics.empty()) return std::nullopt;
    const auto ready = evaluator();
    if (!ready) return failed(ready);
    const auto seconds = (*ready)->pace(variant);
    if (!seconds) return failed(seconds);
    return std::optional(*seconds);
  }

  std::size_t layers() override {
    const auto& nodes = whole_.placement.nodes;
    return static_cast<std::size_t>(std::count_if(nodes.begin(), nodes.end(), [](const NodePlace& node) {
      return node.place == Place::Integer || node.place == Place::Table;
    }));
  }

  Result<ExportedModel> exported(const Quantization& quantization,
                                 const std::set<std::string, std::less<>>& reverted) override {
    return quantrail::exported(inputs_.graph, quantization, reverted, revert_mode_of(inputs_), {.base = inputs_.model});
  }

 private:
  /// A graph and where everything in it runs.
  struct Parts {
    Graph graph{};
    ValueTypes types{};
    Placement placement{};
  };

  /// Built when it is first needed: of a run that is repeated nothing is.
  Result<Evaluator*> evaluator() {
    if (evaluator_) return &*evaluator_;
    const EvaluatorOptions options{.threads = inputs_.threads,
                                   .reference_bytes = inputs_.memory_bytes / 8,
                                   .shared_bytes = inputs_.memory_bytes / 8 * 3};
    auto made = Evaluator::create(inputs_.graph, inputs_.validation, inputs_.metrics, options);
    if (!made) return failed(made);
    return &evaluator_.emplace(std::move(*made));
  }

  /// Holds outputs on calibration data against the float network's; null where none has floats of a known number.
  Result<Evaluator*> comparison() {
    if (comparison_) return &*comparison_;
    std::vector<std::shared_ptr<const Metric>> metrics;
    for (std::size_t at = 0; at < inputs_.graph.outputs.size(); ++at) {
      const auto type = whole_.types.find(inputs_.graph.outputs[at].name);
      if (type == whole_.types.end() || type->second.type != ElementType::Float32) continue;
      if (std::count(type->second.shape.begin(), type->second.shape.end(), -1) != 0) continue;
      metrics.push_back(make_fidelity(
          {.type = "nmse", .name = fmt::format("nmse of output {}", at), .output = static_cast<std::int64_t>(at)}));
    }
    if (metrics.empty()) return nullptr;
    auto made = Evaluator::create(inputs_.graph, inputs_.calibration, std::move(metrics),
                                  {.threads = inputs_.threads, .reference_bytes = inputs_.memory_bytes / 8});
    if (!made && made.error().cause == Cause::Unsupported) return nullptr;
    if (!made) return failed(made);
    return &comparison_.emplace(std::move(*made));
  }

  Result<Parts> parts_of(const Graph& graph) const {
    const Graph open = sized(graph, inputs_.calibration->inputs());
    const auto shapes = input_shapes(open, fixed_batch(open).value_or(1));
    if (!shapes) return failed(shapes);
    auto known = specialised(open, *shapes);
    if (!known) return failed(known);
    Parts parts{graph, std::move(known->types), {}};
    parts.placement = placed(graph, parts.types,
                             {.excluded = inputs_.ignored,
                              .transformer = inputs_.compression.quantization.model_type == ModelType::Transformer,
                              .tables = inputs_.compression.quantization.embeddings});
    return parts;
  }

  /// Of the edits asked for last, since many parameters are tried with the same ones.
  Result<const Parts*> edited_parts(const ChannelEdits& edits) {
    if (!has_edits(edits.edits)) return &whole_;
    if (edited_ && edited_->first == edits.edits) return &edited_->second;
    auto parts = parts_of(edited(inputs_.graph, edits.edits));
    if (!parts) return failed(parts);
    return &edited_.emplace(edits.edits, std::move(*parts)).second;
  }

  const RunInputs& inputs_;
  Parts whole_{};
  std::optional<std::pair<Quantization, Parts>> edited_{};
  std::optional<Evaluator> evaluator_{};
  std::optional<Evaluator> comparison_{};
};

}  // namespace

Result<std::unique_ptr<Workbench>> make_workbench(const RunInputs& inputs) {
  auto bench = std::make_unique<RealWorkbench>(inputs);
  if (const auto prepared = bench->prepare(); !prepared) return failed(prepared);
  return bench;
}

}  // namespace quantrail
