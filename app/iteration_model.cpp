#include "app/iteration_model.h"

#include "model/canonical.h"
#include "run/rebuild.h"
#include "tracking/answers.h"
#include "tracking/kept_models.h"

namespace quantrail::app {

RevertMode revert_mode_of(const Config& config) {
  return config.compression.accuracy_aware.revert_mode == "compute" ? RevertMode::Compute : RevertMode::Full;
}

Result<IterationModel> iteration_model(const NamedIteration& named) {
  auto config = parse_config(named.details.config_json, "/", "the run's configuration", {});
  if (!config) return failed(config);
  auto model = tracking::base_model(named.run.store, named.details.model_hash, named.details.model_path);
  if (!model) return failed(model);
  auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  auto answers = tracking::Answers::open(named.run.store);
  if (!answers) return failed(answers);
  const RevertMode mode = revert_mode_of(*config);
  const auto recorded = rebuilt(named.details.model_hash, *graph, named.iteration, mode, **answers);
  if (!recorded) return failed(recorded);
  auto quantization = stored_quantization(**answers, named.iteration.quantization);
  if (!quantization) return failed(quantization);
  const auto& groups = named.iteration.reverted_groups;
  return IterationModel{std::move(*config),       named.details.model_hash,       std::move(*graph),
                        std::move(*quantization), {groups.begin(), groups.end()}, mode};
}

Result<ExportedModel> file_of(const IterationModel& model, ExportProfile profile) {
  return exported(model.graph, model.quantization, model.reverted, model.mode, {.base = model.base}, profile);
}

}  // namespace quantrail::app
