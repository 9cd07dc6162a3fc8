#include "run/execute.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "evaluate/cost.h"
#include "evaluate/feed.h"
#include "run/answering.h"
#include "run/closing_words.h"
#include "run/forecast.h"
#include "run/patience.h"
#include "run/predicted_labels.h"
#include "run/reporting.h"
#include "run/result_remarks.h"
#include "run/samples.h"
#include "run/settings.h"
#include "run/workbench.h"
#include "run/workload.h"
#include "search/drop.h"
#include "search/step.h"

namespace quantrail {
namespace {

/// Without numbers of the float model there is nothing to compare with; few samples without are noted.
Status usable(const RunInputs& inputs, const Request& request, const Answer& answer, Reporting& reporting) {
  const auto* wanted = std::get_if<EvaluateFloat>(&request);
  if (wanted == nullptr) return {};
  const auto& evaluation = std::get<Evaluation>(answer);
  const std::string found = not_numbers_remark(*inputs.validation, wanted->samples, evaluation);
  if (!found.empty()) {
    if (2 * evaluation.not_numbers.size() > evaluation.samples)
      return fail(Cause::InvalidInput, "{}: there is nothing to compare with", found);
    if (const auto noted = reporting.note(found + ": they count as wrong"); !noted) return noted;
  }
  for (const auto& [name, value] : evaluation.metrics) {
    if (!std::isfinite(value)) {
      return fail(Cause::InvalidInput, "the float model's \"{}\" is {}: there is nothing to compare with",
                  printable(name), value);
    }
  }
  return {};
}

/// Says what comes where it has to be computed: at the start, and before layers are ranked.
class Forecasting {
 public:
  Forecasting(const RunInputs& inputs, Workbench& workbench, RunObserver& observer)
      : inputs_(inputs), workbench_(workbench), observer_(observer) {}

  /// Before work for `request`.
  [[nodiscard]] Status before(const SearchState& state, const Request& request) {
    if (state.settings.controlled.empty()) return {};
    work_.validation_samples = inputs_.validation->size();
    if (state.trials.empty()) return at_start(state.settings);
    if (std::holds_alternative<Rank>(request) && !told_ranking_) {
      told_ranking_ = true;
      work_.layers = state.groups->size();
      work_.int8_seconds = state.trials.front().seconds / static_cast<double>(work_.validation_samples);
      tell(state.settings);
    }
    return {};
  }

 private:
  Status at_start(const SearchSettings& settings) {
    if (told_start_) return {};
    told_start_ = true;
    const auto work = measured_workload(inputs_, workbench_);
    if (!work) return failed(work);
    if (!*work) return {};
    work_ = **work;
    tell(settings);
    return {};
  }

  void tell(const SearchSettings& settings) { observer_.on_event(Noted{forecast(settings, work_)}); }

  const RunInputs& inputs_;
  Workbench& workbench_;
  RunObserver& observer_;
  Workload work_{};
  bool told_start_ = false;
  bool told_ranking_ = false;
};

/// Where groups that a search shall start with are none of this quantization.
Status tell_unknown_start(const SearchSettings& settings, const Quantized& answer, Reporting& reporting) {
  for (const auto& name : settings.start) {
    const bool known = std::any_of(answer.groups.begin(), answer.groups.end(),
                                   [&](const Candidate& candidate) { return candidate.group == name; });
    if (known) continue;
    const auto noted = reporting.note(
        fmt::format("start_reverted: \"{}\" is no group of layers in this quantization and is left out", name));
    if (!noted) return noted;
  }
  return {};
}

/// What a quantization says about data and settings.
Status tell_oddities(const SearchSettings& settings, const Answer& answer, const Answering& answering,
                     Reporting& reporting) {
  const auto* quantized = std::get_if<Quantized>(&answer);
  if (quantized == nullptr) return {};
  for (const auto& remark : answering.remarks()) {
    if (const auto noted = reporting.note(remark); !noted) return noted;
  }
  return tell_unknown_start(settings, *quantized, reporting);
}

/// Where labels are predicted, figures mean something else than people expect of them.
std::string explanation(const RunInputs& inputs, const Done& done) {
  if (!inputs.compression.accuracy_aware.annotation_free) return done.explanation;
  return done.explanation + " Labels are the float model's predictions: accuracy is agreement with it.";
}

/// Where samples are too few to tell whether the best model holds its limits.
Status tell_few_samples(const SearchState& state, const IterationRecord& best, Answering& answering,
                        Reporting& reporting) {
  const auto& settings = state.settings;
  if (!settings.accuracy_aware || !state.float_values) return {};
  const auto known = answering.remembered(answering.quantization(best.quantization), best.reverted_groups);
  if (!known) return failed(known);
  for (const auto& control : settings.controlled) {
    const auto in_float = state.float_values->find(control.name);
    const auto baseline = state.baseline->metrics.find(control.name);
    if (!*known || in_float == state.float_values->end() || baseline == state.baseline->metrics.end()) continue;
    const Compared compared{.sign = sign_of(settings.higher_is_better.at(control.name)),
                            .baseline = baseline->second,
                            .value = (*known)->metrics.at(control.name),
                            .in_float = in_float->second,
                            .found = (*known)->per_sample.at(control.name)};
    const double limit = limit_of(settings.drop_type, control.maximal_drop, baseline->second);
    const std::string remark = few_samples_remark(control.name, compared, limit);
    if (remark.empty()) continue;
    if (const auto noted = reporting.note(remark); !noted) return noted;
  }
  return {};
}

/// The end of a run, with what its best model is.
Result<RunResult> concluded(const RunInputs& inputs, const SearchState& state, const Done& done, Answering& answering,
                            Reporting& reporting) {
  const IterationRecord& best = reporting.iterations().at(done.best);
  if (const auto told = tell_few_samples(state, best, answering, reporting); !told) return failed(told);
  if (const std::string remark = float_remark(best); !remark.empty()) {
    if (const auto noted = reporting.note(remark); !noted) return failed(noted);
  }
  RunResult result{.outcome = done.outcome,
                   .best = static_cast<std::int64_t>(done.best),
                   .explanation = explanation(inputs, done) + " " + closing_words(best),
                   .evaluations = answering.asked(),
                   .reused = answering.reused()};
  const auto speed_up = answering.speed_up(answering.quantization(best.quantization), best.reverted_groups);
  if (speed_up) {
    result.speed_up = *speed_up;
    return result;
  }
  const Error& why = speed_up.error();
  if (why.cause == Cause::Cancelled || why.cause == Cause::Storage) return failed(speed_up);
  // No reason to lose the result.
  if (const auto noted = reporting.note("the speed-up cannot be measured: " + why.message); !noted)
    return failed(noted);
  return result;
}

Result<RunResult> execute_labelled(const RunInputs& inputs, AnswerStore& answers, RunRecorder& recorder,
                                   RunObserver& observer, std::stop_token stop) {
  const auto workbench = make_workbench(inputs);
  if (!workbench) return failed(workbench);
  return execute(inputs, **workbench, answers, recorder, observer, std::move(stop));
}

}  // namespace

Result<RunResult> execute(const RunInputs& inputs, Workbench& workbench, AnswerStore& answers, RunRecorder& recorder,
                          RunObserver& observer, std::stop_token stop) {
  auto settings = search_settings(inputs);
  if (!settings) return failed(settings);
  const auto macs = macs_per_sample(sized(inputs.graph, inputs.calibration->inputs()));
  if (!macs) return failed(macs);
  Answering answering(inputs, *macs, workbench, answers, observer, stop);
  Reporting reporting(inputs, *macs, workbench, answers, recorder, observer, stop);
  Forecasting forecasting(inputs, workbench, observer);
  for (const auto& assumption : assumptions(inputs)) {
    if (const auto noted = reporting.note(assumption); !noted) return failed(noted);
  }

  SearchState state = started(std::move(*settings));
  for (;;) {
    if (const auto told = reporting.report(state, answering.quantization()); !told) return failed(told);
    const Request request = next(state);
    if (const auto* done = std::get_if<Done>(&request)) {
      auto result = concluded(inputs, state, *done, answering, reporting);
      if (!result) return result;
      if (const auto told = reporting.finish(*result); !told) return failed(told);
      return result;
    }
    answering.before_work([&] { return forecasting.before(state, request); });
    const auto answer = answering.answer(request, step_name(state, request));
    if (!answer) return failed(answer);
    if (const auto checked = usable(inputs, request, *answer, reporting); !checked) return failed(checked);
    if (const auto told = tell_oddities(state.settings, *answer, answering, reporting); !told) return failed(told);
    state = after(std::move(state), *answer);
  }
}

Result<RunResult> execute(const RunInputs& inputs, AnswerStore& answers, RunRecorder& recorder, RunObserver& observer,
                          std::stop_token stop) {
  if (!inputs.compression.accuracy_aware.annotation_free)
    return execute_labelled(inputs, answers, recorder, observer, std::move(stop));
  if (const auto settings = search_settings(inputs); !settings) return failed(settings);
  const auto labels = predicted_labels(inputs, answers, observer, stop);
  if (!labels) return failed(labels);
  const Patience patiently(observer, stop);
  if (const auto noted = patiently([&] { return recorder.note(labels->note); }); !noted) return failed(noted);
  observer.on_event(Noted{labels->note});
  return execute_labelled(labelled(inputs, *labels), answers, recorder, observer, std::move(stop));
}

}  // namespace quantrail
