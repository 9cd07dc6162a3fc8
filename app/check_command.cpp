#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/prepare.h"
#include "base/text.h"
#include "run/settings.h"
#include "run/workload.h"

namespace quantrail::app {
namespace {

std::size_t size_of(const std::shared_ptr<const Dataset>& data) { return data ? data->size() : 0; }

nlohmann::json as_json(const Prepared& p) {
  nlohmann::json metrics = nlohmann::json::array();
  for (const auto& metric : p.metrics) metrics.push_back(metric->name());
  return {{"config", p.config.source.string()},
          {"model", p.config.model.string()},
          {"model_hash", p.model.hash.hex()},
          {"algorithm", p.config.compression.algorithm},
          {"calibration_samples", size_of(p.calibration)},
          {"validation_samples", size_of(p.validation)},
          {"metrics", metrics},
          {"notes", p.notes},
          {"effective", nlohmann::json::parse(p.config.effective_json)}};
}

void print_text(const Prepared& p) {
  fmt::print("{}: sound\n", printable(p.config.source.string()));
  fmt::print("model        {} (opset {}, {:.2f} MiB, {} nodes in canonical form)\n", printable(p.config.model.string()),
             p.model.source_opset, static_cast<double>(p.model.bytes) / 1048576.0, p.graph.nodes.size());
  fmt::print("algorithm    {}\n", p.config.compression.algorithm);
  fmt::print("calibration  {} samples\n", size_of(p.calibration));
  fmt::print("validation   {} samples\n", size_of(p.validation));
  for (const auto& metric : p.metrics) fmt::print("metric       {}\n", printable(metric->name()));
  for (const auto& note : p.notes) fmt::print("note: {}\n", printable(note));
}

/// Nothing where there is nothing to measure.
Result<std::string> forecast_for(const Prepared& p) {
  const RunInputs inputs = inputs_of(p);
  const auto settings = search_settings(inputs);
  if (!settings) return failed(settings);
  const auto workbench = make_workbench(inputs);
  if (!workbench) return failed(workbench);
  const auto work = measured_workload(inputs, **workbench);
  if (!work) return failed(work);
  if (!*work) return std::string("forecast: nothing is measured without validation data");
  const bool by_programs =
      std::any_of(p.metrics.begin(), p.metrics.end(), [](const auto& one) { return one->judge() == Judge::Command; });
  return forecast(*settings, **work) + (by_programs ? "; what programs that score take comes on top" : "");
}

}  // namespace

int run(const Options&, const CheckCommand& command) {
  auto config = load_config(command.config, command.overrides);
  if (!config) return complained(config.error());
  const auto p = prepared(std::move(*config), Purpose::Run, sha256_file);
  if (!p) return complained(p.error());
  const auto told = command.forecast ? forecast_for(*p) : Result<std::string>(std::string());
  if (!told) return complained(told.error());
  if (command.format == Format::Json) {
    auto json = as_json(*p);
    if (command.forecast) json["forecast"] = *told;
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print_text(*p);
    if (command.forecast) fmt::print("{}\n", *told);
  }
  return kDone;
}

}  // namespace quantrail::app
