#include "app/iteration_model.h"

#include "model/canonical.h"
#include "run/rebuild.h"
#include "tracking/answers.h"
#include "tracking/kept_models.h"

namespace quantrail::app {

RevertMode revert_mode_of(const Config& config) {
  return config.compression.accuracy_aware.revert_mode == "compute" ? RevertMode::Compute : RevertMode::Full;
}

Result<ExportedModel> iteration_file(const NamedIteration& named) {
  const auto config = parse_config(named.details.config_json, "/", "the run's configuration", {});
  if (!config) return failed(config);
  auto model = tracking::base_model(named.run.store, named.details.model_hash, named.details.model_path);
  if (!model) return failed(model);
  const auto graph = canonicalised(std::move(model->graph));
  if (!graph) return failed(graph);
  auto answers = tracking::Answers::open(named.run.store);
  if (!answers) return failed(answers);
  return rebuilt(named.details.model_hash, *graph, named.iteration, revert_mode_of(*config), **answers);
}

}  // namespace quantrail::app
