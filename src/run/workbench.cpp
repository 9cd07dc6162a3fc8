#include "run/workbench.h"

#include <algorithm>

#include "evaluate/feed.h"
#include "model/infer.h"
#include "quantize/collect.h"
#include "quantize/placement.h"
#include "quantize/quantize.h"
#include "run/settings.h"

namespace quantrail {
namespace {

class RealWorkbench final : public Workbench {
 public:
  explicit RealWorkbench(const RunInputs& inputs) : inputs_(inputs) {}

  Status prepare() {
    const Graph graph = sized(inputs_.graph, inputs_.calibration->inputs());
    const auto shapes = input_shapes(graph, fixed_batch(graph).value_or(1));
    if (!shapes) return failed(shapes);
    auto known = specialised(graph, *shapes);
    if (!known) return failed(known);
    types_ = std::move(known->types);
    placement_ = placed(inputs_.graph, types_,
                        {inputs_.ignored, inputs_.compression.quantization.model_type == ModelType::Transformer});
    if (!inputs_.validation || inputs_.metrics.empty()) return {};
    const EvaluatorOptions options{.threads = inputs_.threads, .reference_bytes = inputs_.memory_bytes / 4};
    auto evaluator = Evaluator::create(inputs_.graph, inputs_.validation, inputs_.metrics, options);
    if (!evaluator) return failed(evaluator);
    evaluator_.emplace(std::move(*evaluator));
    return {};
  }

  Result<StatisticsRequest> needed_statistics() override {
    return statistics_request(inputs_.graph, placement_, inputs_.compression.quantization);
  }

  Result<Statistics> calibrate(const StatisticsRequest& request, const std::vector<std::size_t>& samples,
                               const std::function<void(std::size_t)>& progress, std::stop_token stop) override {
    return collected(inputs_.graph, request, *inputs_.calibration, samples,
                     {.threads = inputs_.threads, .stop = std::move(stop), .progress = progress});
  }

  Result<Quantization> quantize(const Statistics& statistics) override {
    return quantized(inputs_.graph, types_, placement_, statistics, inputs_.compression.quantization);
  }

  Result<Evaluation> evaluate(const EvaluationRequest& request, const EvaluationHooks& hooks) override {
    return evaluator_->evaluated(request, hooks);
  }

  Result<ExportedModel> exported(const Quantization& quantization,
                                 const std::set<std::string, std::less<>>& reverted) override {
    return quantrail::exported(inputs_.graph, quantization, reverted, revert_mode_of(inputs_), {.base = inputs_.model});
  }

 private:
  const RunInputs& inputs_;
  Types types_{};
  Placement placement_{};
  std::optional<Evaluator> evaluator_{};  ///< nothing when nothing is measured
};

}  // namespace

Result<std::unique_ptr<Workbench>> make_workbench(const RunInputs& inputs) {
  auto bench = std::make_unique<RealWorkbench>(inputs);
  if (const auto prepared = bench->prepare(); !prepared) return failed(prepared);
  return bench;
}

}  // namespace quantrail
