#pragma once

#include <stop_token>

#include "base/error.h"
#include "run/inputs.h"
#include "run/ports.h"

namespace quantrail {

class Workbench;

/// Runs the search to its end, or, after an interruption, from where it was: everything that `answers` knows already is
/// not computed again, so the same inputs give the same records and the same result, however often they were stopped.
/// What becomes known goes to `recorder` first, to `observer` then. While storage is Blocked the run waits and tries
/// again, and says so. With annotation_free, the validation data are labelled first, see predicted_labels().
/// Errors: Cancelled once `stop` was requested (all finished work is saved; calling again goes on); InvalidInput and
/// Unsupported before anything long starts; what data set, runtime and storage give.
[[nodiscard]] Result<RunResult> execute(const RunInputs& inputs, AnswerStore& answers, RunRecorder& recorder,
                                        RunObserver& observer, std::stop_token stop);

/// The same with another workbench, and validation data that have their labels already; for tests.
[[nodiscard]] Result<RunResult> execute(const RunInputs& inputs, Workbench& workbench, AnswerStore& answers,
                                        RunRecorder& recorder, RunObserver& observer, std::stop_token stop);

}  // namespace quantrail
