#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/iteration_model.h"
#include "app/numbers.h"
#include "app/progress.h"
#include "app/signals.h"
#include "app/worker.h"
#include "data/relabelled.h"
#include "evaluate/evaluator.h"
#include "run/memory_store.h"
#include "run/predicted_labels.h"
#include "run/rebuild.h"
#include "run/result_remarks.h"
#include "run/samples.h"
#include "tracking/answers.h"

namespace quantrail::app {
namespace {

using nlohmann::json;

/// What was measured, and for an iteration what its record says.
struct Measured {
  std::string model{};
  std::string labels{};  ///< where they are predicted, a sentence on that
  Evaluation evaluation{};
  std::optional<std::map<std::string, double>> recorded{};
  std::vector<std::string> notes{};
};

class Silence final : public RunObserver {
 public:
  void on_event(const RunEvent&) noexcept override {}
};

/// A run's answers, of which nothing is changed.
class KnownAnswers final : public MemoryStore {
 public:
  explicit KnownAnswers(AnswerStore& known) : known_(known) {}
  Result<std::optional<Evaluation>> find(const Digest& key) override { return known_.find(key); }

 private:
  AnswerStore& known_;
};

/// With annotation_free, gives the samples of `p` the labels that the float model of `original` predicts. Returns a
/// sentence about that, an empty one where labels are what they are.
Result<std::string> label(Prepared& p, const Prepared& original, AnswerStore& answers, bool quiet) {
  if (!p.config.compression.accuracy_aware.annotation_free) return std::string();
  std::stop_source stop;
  const StopOnSignals signals(stop);
  const bool told = !quiet && ::isatty(STDERR_FILENO) == 1;
  ProgressPrinter printer(stderr, told);
  Silence silence;
  const auto labels = predicted_labels(inputs_of(original), answers,
                                       told ? static_cast<RunObserver&>(printer) : silence, stop.get_token());
  if (!labels) return failed(labels);
  p.validation = relabelled(p.validation, labels->samples, labels->labels);
  return labels->note;
}

/// `original`: the float model that metrics may compare with; null: the network of `p`.
Result<Evaluation> measured(const Prepared& p, const Graph* original, const Variant& variant, bool quiet) {
  EvaluatorOptions options;
  options.threads = threads_of(p.config);
  options.reference = original;
  const auto evaluator = Evaluator::create(p.graph, p.validation, p.metrics, options);
  if (!evaluator) return failed(evaluator);
  EvaluationRequest request;
  request.variant = variant;
  request.samples = all_samples(p.validation->size());
  std::stop_source stop;
  const StopOnSignals signals(stop);
  ProgressPrinter printer(stderr, ::isatty(STDERR_FILENO) == 1 && !quiet);
  EvaluationHooks hooks;
  hooks.stop = stop.get_token();
  if (!quiet && ::isatty(STDERR_FILENO) == 1) {
    printer.on_event(StepStarted{"evaluate", request.samples.size(), "samples"});
    hooks.progress = [&](std::size_t done) { printer.on_event(StepProgress{done, request.samples.size()}); };
  }
  return evaluator->evaluated(request, hooks);
}

/// What the figures of a float model say about data and preprocessing.
std::vector<std::string> notes_on(const Prepared& p, const Evaluation& evaluation) {
  std::vector<std::string> notes = p.validation->notes();
  for (const auto& metric : p.metrics) {
    const double value = evaluation.metrics.at(metric->name());
    notes.push_back(useless_remark(*metric, value));
    notes.push_back(chance_remark(*p.validation, *metric, value));
  }
  notes.push_back(not_numbers_remark(*p.validation, {}, evaluation));
  std::erase(notes, "");
  return notes;
}

Result<Measured> measured_config(const EvaluateCommand& command) {
  auto config = load_config(command.target, command.overrides);
  if (!config) return failed(config);
  const bool quiet = command.format == Format::Json;
  Config of_model = *config;
  if (!command.model.empty()) of_model.model = command.model;
  auto p = prepared(std::move(of_model), Purpose::Measure, sha256_file);
  if (!p) return failed(p);
  // What another model agrees with is the model of the configuration.
  const bool compares = std::any_of(p->metrics.begin(), p->metrics.end(),
                                    [](const auto& metric) { return metric->judge() == Judge::FloatModel; });
  const bool agrees = !command.model.empty() && (compares || config->compression.accuracy_aware.annotation_free);
  const auto original = agrees ? prepared(std::move(*config), Purpose::Measure, sha256_file) : p;
  if (!original) return failed(original);
  MemoryStore answers;
  auto labels = label(*p, *original, answers, quiet);
  if (!labels) return failed(labels);
  auto evaluation = measured(*p, agrees ? &original->graph : nullptr, {}, quiet);
  if (!evaluation) return failed(evaluation);
  auto notes = command.model.empty() ? notes_on(*p, *evaluation) : p->validation->notes();
  return Measured{p->config.model.string(), std::move(*labels), std::move(*evaluation), std::nullopt, std::move(notes)};
}

Result<Measured> measured_iteration(const Options& options, const EvaluateCommand& command) {
  if (!command.model.empty() || !command.overrides.empty()) {
    return fail(Cause::InvalidInput,
                "--model and --set go with a configuration; RUN@IT is measured as it was recorded");
  }
  const auto named = named_iteration(options, command.target);
  if (!named) return failed(named);
  const bool quiet = command.format == Format::Json;
  auto p = prepared_again(named->run.store, named->details, Purpose::Measure);
  if (!p) return failed(p);
  for (const auto& data : named->details.data) {
    if (data.role != "validation" || data.fingerprint == p->validation->fingerprint()) continue;
    return fail(Cause::InvalidInput,
                "the validation samples of run {} changed since it measured them: not the same question",
                named->run.id);
  }
  auto answers = tracking::Answers::open(named->run.store);
  if (!answers) return failed(answers);
  const auto quantization = stored_quantization(**answers, named->iteration.quantization);
  if (!quantization) return failed(quantization);
  Variant variant;
  variant.quantization = &*quantization;
  variant.reverted = {named->iteration.reverted_groups.begin(), named->iteration.reverted_groups.end()};
  variant.revert_mode = revert_mode_of(p->config);
  KnownAnswers known(**answers);
  auto labels = label(*p, *p, known, quiet);
  if (!labels) return failed(labels);
  auto evaluation = measured(*p, nullptr, variant, quiet);
  if (!evaluation) return failed(evaluation);
  return Measured{command.target, std::move(*labels), std::move(*evaluation), named->iteration.metrics,
                  p->validation->notes()};
}

void print_text(const Measured& m) {
  for (const auto& [name, value] : m.evaluation.metrics) {
    fmt::print("{}  {}", name, decimals(value));
    if (m.recorded && m.recorded->contains(name)) fmt::print("   recorded {}", decimals(m.recorded->at(name)));
    fmt::print("\n");
  }
  fmt::print("{} samples in {:.2f} s\n", m.evaluation.samples, m.evaluation.seconds);
  if (!m.labels.empty()) fmt::print("{}\n", m.labels);
  for (const auto& note : m.notes) fmt::print("note: {}\n", note);
}

}  // namespace

int run(const Options& options, const EvaluateCommand& command) {
  const bool is_file = std::filesystem::exists(command.target) || command.target.ends_with(".json");
  const auto m = is_file ? measured_config(command) : measured_iteration(options, command);
  if (!m) return complained(m.error());
  if (command.format == Format::Json) {
    json out{{"model", m->model},
             {"samples", m->evaluation.samples},
             {"metrics", m->evaluation.metrics},
             {"seconds", m->evaluation.seconds}};
    if (m->recorded) out["recorded"] = *m->recorded;
    if (!m->labels.empty()) out["labels"] = m->labels;
    if (!m->notes.empty()) out["notes"] = m->notes;
    fmt::print("{}\n", out.dump(2, ' ', false, json::error_handler_t::replace));
  } else {
    print_text(*m);
  }
  return kDone;
}

}  // namespace quantrail::app
