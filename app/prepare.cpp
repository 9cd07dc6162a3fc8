#include "app/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/output_shapes.h"
#include "base/parallel.h"
#include "base/text.h"
#include "data/relabelled.h"
#include "evaluate/checks.h"
#include "evaluate/feed.h"
#include "metrics/class_scores.h"
#include "metrics/prediction.h"
#include "metrics/registry.h"
#include "model/canonical.h"
#include "quantize/range_rules.h"
#include "run/samples.h"
#include "run/settings.h"
#include "runtime/plan.h"
#include "tui/shell_text.h"

namespace quantrail::app {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20U;
constexpr std::size_t kCalibrationCache = 64 * kMiB;  // most samples are read once

/// Infinite constants have their uses (masks, open bounds); one that is no number never has.
Status check_numbers(const std::filesystem::path& model, const Graph& graph) {
  for (const auto& [name, tensor] : graph.constants) {
    if (tensor->type != ElementType::Float32) continue;
    const auto values = tensor->values<float>();
    const auto bad = std::find_if(values.begin(), values.end(), [](float value) { return std::isnan(value); });
    if (bad == values.end()) continue;
    return fail(Cause::InvalidInput, "{}: element {} of the weights \"{}\" is not a number (NaN)", model.string(),
                bad - values.begin(), name);
  }
  return {};
}

/// Quantizing codes again would lose accuracy and gain nothing.
Status check_not_quantized(const std::filesystem::path& model, const Graph& graph) {
  const auto node =
      std::find_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) { return n.op == "QuantizeLinear"; });
  if (node == graph.nodes.end()) return {};
  return fail(Cause::InvalidInput,
              "{}: is quantized already (node \"{}\"): quantize the float model that it was made from; "
              "`quantrail evaluate CONFIG.json --model {}` measures it as it is",
              model.string(), node->name, tui::shell_quoted(model.string()));
}

/// What a person reads in the model's file may be folded into something else, or be read by nobody.
Error of_the_file(Error error, const Prepared& p, const Model& model) {
  for (const auto& pattern : p.config.compression.quantization.ignored.scope) {
    const bool named = error.message.find("'" + printable(pattern) + "'") != std::string::npos;
    const bool there = std::any_of(model.graph.nodes.begin(), model.graph.nodes.end(),
                                   [&](const Node& node) { return matches_glob(pattern, node.name); });
    if (named && there)
      return {error.cause,
              fmt::format("{}: ignored.scope: '{}' is in the model, but folded into its neighbours or read "
                          "by nobody: it has no layer to keep in float",
                          p.config.source.string(), printable(pattern))};
  }
  return {error.cause, fmt::format("{}: {}", p.config.source.string(), error.message)};
}

Status open_model(Prepared& p, Purpose purpose, std::optional<Model> given) {
  auto model = given ? Result<Model>(std::move(*given)) : load_model(p.config.model);
  if (!model) return failed(model);
  auto graph = canonicalised(model->graph);
  if (!graph) return failed(graph, p.config.model.string());
  if (auto sound = check_numbers(p.config.model, *graph); !sound) return failed(sound);
  if (purpose == Purpose::Run) {
    if (auto plain = check_not_quantized(p.config.model, *graph); !plain) return failed(plain);
  }
  auto ignored = resolved(p.config.compression.quantization.ignored, *graph);
  if (!ignored) return tl::unexpected(of_the_file(ignored.error(), p, *model));
  if (auto named = RangeRules::resolved(p.config.compression.quantization, *graph); !named) {
    return failed(named, p.config.source.string());
  }
  for (const auto& match : ignored->matches) {
    p.notes.push_back(fmt::format("ignored \"{}\": {}", match.pattern,
                                  match.nodes.empty() ? match.why_none : joined(match.nodes, ", ")));
  }
  p.notes.insert(p.notes.end(), model->notes.begin(), model->notes.end());
  p.model = std::move(*model);
  p.graph = std::move(*graph);
  p.ignored = std::move(*ignored);
  return {};
}

/// For how many classes the network has scores, by the first metric that needs labels; 0 where nothing says.
std::int64_t scored_classes(const Prepared& p) {
  for (const auto& metric : p.metrics) {
    const auto output = metric->only_output();
    if (metric->judge() != Judge::Labels || !output || *output >= p.graph.outputs.size()) continue;
    const Shape shape = output_shapes(p.graph)[*output];
    if (shape.empty()) return 0;
    const OutputView scores{.type = p.graph.outputs[*output].type, .shape = shape};
    const auto classes = class_count(std::span(&scores, 1), 0);
    constexpr std::int64_t kOfOneScore = 2;
    if (classes) return std::max(*classes, kOfOneScore);
  }
  return 0;
}

Result<std::shared_ptr<const Dataset>> open_side(const Prepared& p, const DataConfig& side, bool labelled,
                                                 std::size_t most_cached, const FileHasher& hash_file) {
  OpenOptions options;
  options.labels_required = labelled;
  if (labelled && side.data.type == "image_folder") options.classes = scored_classes(p);
  options.threads = threads_of(p.config);
  options.hash_file = hash_file;
  auto data = open_dataset(side, p.graph.inputs, options);
  if (!data) return failed(data);
  const auto budget = static_cast<std::size_t>(p.config.engine.memory_budget_mb) * kMiB / 2;
  return cached(std::move(*data), std::min(budget, most_cached));
}

bool has_truths(const Dataset& data) {
  for (std::size_t at = 0; at < data.size(); ++at) {
    const auto truth = data.truth(at);
    if (truth && (truth->label || truth->objects)) return true;
  }
  return false;
}

Status open_validation(Prepared& p, const FileHasher& hash_file) {
  const bool labelled = !p.config.compression.accuracy_aware.annotation_free;
  const bool labels_required = labelled && std::any_of(p.metrics.begin(), p.metrics.end(), [](const auto& metric) {
                                 return metric->judge() == Judge::Labels;
                               });
  DataConfig side = *p.config.engine.validation;
  const bool apart = !side.data.labels.empty();
  if (!labelled) side.data.labels.clear();
  // What is evaluated is read again and again.
  auto data = open_side(p, side, labels_required, std::numeric_limits<std::size_t>::max(), hash_file);
  if (!data) return failed(data, "engine.validation");
  p.validation = std::move(*data);
  for (const auto& note : p.validation->notes()) p.notes.push_back("engine.validation: " + note);
  if (!labelled && (apart || has_truths(*p.validation)))
    p.notes.emplace_back("annotation_free: the labels of engine.validation are not used");
  return {};
}

Status open_data(Prepared& p, Purpose purpose, const FileHasher& hash_file) {
  const EngineConfig& engine = p.config.engine;
  const CompressionConfig& compression = p.config.compression;
  const bool accuracy_aware = compression.algorithm == "AccuracyAwareQuantization";
  const bool compares = compression.quantization.preset == Preset::Auto;
  const bool calibrates = purpose != Purpose::Measure;
  const bool measures = purpose == Purpose::Measure || (purpose == Purpose::Run && (accuracy_aware || compares));
  if (calibrates && !engine.calibration) {
    return fail(Cause::InvalidInput,
                "{}: engine.calibration is missing; quantization needs samples to measure ranges on",
                p.config.source.string());
  }
  if (measures && !engine.validation) {
    return fail(Cause::InvalidInput, "{}: engine.validation is missing; {} needs {}samples", p.config.source.string(),
                purpose == Purpose::Measure ? "measuring"
                : accuracy_aware            ? "AccuracyAwareQuantization"
                                            : "preset \"auto\"",
                compression.accuracy_aware.annotation_free ? "" : "labelled ");
  }
  if (calibrates) {
    auto data = open_side(p, *engine.calibration, false, kCalibrationCache, hash_file);
    if (!data) return failed(data, "engine.calibration");
    p.calibration = std::move(*data);
  }
  if (engine.validation && purpose != Purpose::Calibrate) return open_validation(p, hash_file);
  return {};
}

/// For as few samples of these sizes as the model computes at once.
Result<std::shared_ptr<const Plan>> float_plan(const Prepared& p, const Dataset& data) {
  const Graph graph = sized(p.graph, data.inputs());
  const auto batch = least_batch(graph);
  if (!batch) return failed(batch, p.config.model.string());
  PlanCache cache;
  auto plan = Plan::build(graph, {}, *batch, cache);
  if (!plan) return failed(plan, p.config.model.string());
  return plan;
}

Status make_metrics(Prepared& p, Purpose purpose) {
  if (!p.config.engine.validation || purpose == Purpose::Calibrate) return {};
  const auto& specs = p.config.engine.metrics;
  for (std::size_t at = 0; at < specs.size(); ++at) {
    auto metric = make_metric(specs[at]);
    if (!metric) return failed(metric, fmt::format("{}: engine.metrics[{}]", p.config.source.string(), at));
    p.metrics.push_back(std::move(*metric));
  }
  return {};
}

bool finite_first_row(const Plan& plan, const PlanState& state, std::size_t output) {
  const ValueInfo& info = plan.outputs()[output];
  if (info.type != ElementType::Float32) return true;
  const auto bytes = state.output(output);
  const std::span values(reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float));
  const auto row = values.first(values.size() / static_cast<std::size_t>(plan.batch()));
  return std::all_of(row.begin(), row.end(), [](float value) { return std::isfinite(value); });
}

/// Whether labels and outputs suit the metrics. Where labels will be predicted, any class stands for them.
Status check_metrics(const Prepared& p, const Plan& plan) {
  auto data = p.validation;
  auto metrics = p.metrics;
  if (p.config.compression.accuracy_aware.annotation_free && !metrics.empty()) {
    const auto first = all_samples(std::min<std::size_t>(data->size(), 1));
    data = relabelled(data, first, std::vector<std::int64_t>(first.size(), 0));
    for (auto& metric : prediction_metrics(p.config.engine.metrics.front().output))
      metrics.push_back(std::move(metric));
  }
  return outputs_suit(sized(p.graph, data->inputs()), plan, *data, metrics);
}

/// Where labels do not suit, it may be because of how they were told.
Error with_notes(Error error, const Dataset& data) {
  for (const auto& note : data.notes()) error.message += "; " + note;
  return error;
}

/// Whether what is measured can be, and the float model makes numbers of the first sample.
Status check_measuring(const Prepared& p, const std::shared_ptr<const Plan>& plan) {
  const auto feed = Feed::matched(p.validation->inputs(), *plan);
  if (!feed) return failed(feed);
  if (const auto fits = check_metrics(p, *plan); !fits) return tl::unexpected(with_notes(fits.error(), *p.validation));
  PlanState state(plan);
  const std::size_t first = 0;
  const std::span sample(&first, 1);
  if (auto filled = feed->fill(state, *p.validation, sample); !filled) return failed(filled);
  if (auto computed = state.run(); !computed)
    return tl::unexpected(feed->blamed(state, *p.validation, sample, computed.error()));
  for (std::size_t at = 0; at < plan->outputs().size(); ++at) {
    if (finite_first_row(*plan, state, at)) continue;
    return fail(Cause::InvalidInput,
                "{}: output \"{}\" of the float model is not a number for {}: a weight, the sample or the "
                "preprocessing is wrong",
                p.config.model.string(), plan->outputs()[at].name, p.validation->describe(0));
  }
  return {};
}

/// Whether the runtime can compute the model on the samples.
Status check_computing(const Prepared& p) {
  if (p.calibration && (!p.validation || p.calibration->inputs() != p.validation->inputs())) {
    if (const auto plan = float_plan(p, *p.calibration); !plan) return failed(plan);
  }
  if (!p.validation) return {};
  const auto plan = float_plan(p, *p.validation);
  return plan ? check_measuring(p, *plan) : failed(plan);
}

/// Which of the layers that a search shall start with the model cannot have.
void note_unknown_start(Prepared& p) {
  for (const auto& name : p.config.compression.accuracy_aware.start_reverted) {
    const bool known =
        std::any_of(p.graph.nodes.begin(), p.graph.nodes.end(), [&](const Node& node) { return node.name == name; });
    if (!known) p.notes.push_back(fmt::format("start_reverted: the model has no layer \"{}\"; it is left out", name));
  }
}

}  // namespace

std::size_t threads_of(const Config& config) {
  return config.engine.threads > 0 ? static_cast<std::size_t>(config.engine.threads) : default_threads();
}

RunInputs inputs_of(const Prepared& p) {
  RunInputs inputs;
  inputs.model = p.model.hash;
  inputs.graph = p.graph;
  inputs.compression = p.config.compression;
  inputs.ignored = p.ignored.nodes;
  inputs.calibration = p.calibration;
  inputs.validation = p.validation;
  inputs.metrics = p.metrics;
  if (!p.config.engine.metrics.empty()) inputs.scores_output = p.config.engine.metrics.front().output;
  inputs.threads = threads_of(p.config);
  inputs.memory_bytes = static_cast<std::size_t>(p.config.engine.memory_budget_mb) << 20U;
  return inputs;
}

Result<Prepared> prepared(Config config, Purpose purpose, const FileHasher& hash_file, std::optional<Model> model) {
  Prepared p;
  p.notes = config.notes;
  p.config = std::move(config);
  if (auto opened = open_model(p, purpose, std::move(model)); !opened) return failed(opened);
  if (auto made = make_metrics(p, purpose); !made) return failed(made);
  if (auto opened = open_data(p, purpose, hash_file); !opened) return failed(opened);
  if (auto computes = check_computing(p); !computes) return failed(computes);
  if (purpose == Purpose::Run) {
    if (auto sound = search_settings(inputs_of(p)); !sound) return failed(sound, p.config.source.string());
    note_unknown_start(p);
  }
  return p;
}

}  // namespace quantrail::app
