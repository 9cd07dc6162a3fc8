#include "run/execute.h"

#include <cmath>

#include "base/text.h"
#include "evaluate/cost.h"
#include "evaluate/feed.h"
#include "run/answering.h"
#include "run/patience.h"
#include "run/predicted_labels.h"
#include "run/reporting.h"
#include "run/settings.h"
#include "run/workbench.h"

namespace quantrail {
namespace {

/// Without a number for the float model there is nothing to compare with.
Status usable(const Request& request, const Answer& answer) {
  if (!std::holds_alternative<EvaluateFloat>(request)) return {};
  for (const auto& [name, value] : std::get<Evaluation>(answer).metrics) {
    if (!std::isfinite(value)) {
      return fail(Cause::InvalidInput, "the float model's \"{}\" is {}: there is nothing to compare with",
                  printable(name), value);
    }
  }
  return {};
}

/// Where labels are predicted, figures mean something else than people expect of them.
std::string explanation(const RunInputs& inputs, const Done& done) {
  if (!inputs.compression.accuracy_aware.annotation_free) return done.explanation;
  return done.explanation + " Labels are the float model's predictions: accuracy is agreement with it.";
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
  Answering answering(inputs, *macs, settings->metric, workbench, answers, observer, stop);
  Reporting reporting(inputs, *macs, workbench, recorder, observer, stop);
  for (const auto& assumption : assumptions(inputs)) {
    if (const auto noted = reporting.note(assumption); !noted) return failed(noted);
  }

  SearchState state = started(std::move(*settings));
  for (;;) {
    if (const auto told = reporting.report(state, answering.quantization()); !told) return failed(told);
    const Request request = next(state);
    if (const auto* done = std::get_if<Done>(&request)) {
      RunResult result{.outcome = done->outcome,
                       .best = static_cast<std::int64_t>(done->best),
                       .explanation = explanation(inputs, *done),
                       .evaluations = answering.asked(),
                       .reused = answering.reused()};
      if (const auto told = reporting.finish(result); !told) return failed(told);
      return result;
    }
    const auto answer = answering.answer(request);
    if (!answer) return failed(answer);
    if (const auto checked = usable(request, *answer); !checked) return failed(checked);
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
