#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "evaluate/cost.h"
#include "model/quantization.h"
#include "run/inputs.h"
#include "run/known_quantization.h"
#include "run/patience.h"
#include "run/ports.h"
#include "run/snapshot_facts.h"
#include "run/workbench.h"
#include "search/search.h"

namespace quantrail {

/// Turns what a search has learned into records, and hands each to the recorder first, to the observer then, once.
class Reporting {
 public:
  /// What is referred to must outlive this.
  Reporting(const RunInputs& inputs, const MultiplyAdds& macs, Workbench& workbench, AnswerStore& store,
            RunRecorder& recorder, RunObserver& observer, std::stop_token stop)
      : inputs_(inputs),
        macs_(macs),
        workbench_(workbench),
        store_(store),
        recorder_(recorder),
        observer_(observer),
        patiently_(observer, std::move(stop)) {}

  /// Reports what `state` knows and did not know at the last call. `quantization` is that of its trials.
  [[nodiscard]] Status report(const SearchState& state, const KnownQuantization& quantization);
  /// What was reported of the search's trials, in their order.
  [[nodiscard]] const std::vector<IterationRecord>& iterations() const { return iterations_; }
  /// The same words once in a run.
  [[nodiscard]] Status note(const std::string& text);
  [[nodiscard]] Status finish(const RunResult& result);

 private:
  [[nodiscard]] Result<IterationRecord> iteration(const SearchState& state, std::size_t at,
                                                  const KnownQuantization& quantization) const;
  /// Remembered, or made by writing the file.
  [[nodiscard]] Result<SnapshotFacts> facts(const KnownQuantization& quantization,
                                            const std::set<std::string, std::less<>>& reverted) const;
  [[nodiscard]] Status note_poor_model(const Baseline& baseline);
  [[nodiscard]] Status note_no_room(const SearchState& state);
  [[nodiscard]] Status note_gain(const IterationRecord& record);
  [[nodiscard]] Status report_iteration(const SearchState& state, const KnownQuantization& quantization);
  [[nodiscard]] Status report_ranking(const SearchState& state);
  [[nodiscard]] Status report_tried(const SearchState& state);
  [[nodiscard]] Status report_estimates(const SearchState& state);
  [[nodiscard]] Status report_optimised(const SearchState& state);

  const RunInputs& inputs_;
  const MultiplyAdds& macs_;
  Workbench& workbench_;
  AnswerStore& store_;
  RunRecorder& recorder_;
  RunObserver& observer_;
  Patience patiently_;
  bool baseline_told_ = false;
  std::vector<IterationRecord> iterations_{};
  std::size_t rankings_told_ = 0;
  std::size_t recipes_told_ = 0;
  std::size_t tunings_told_ = 0;
  std::size_t estimates_told_ = 0;
  bool choice_told_ = false;
  std::string optimised_told_{};
  std::set<std::string> notes_told_{};
};

}  // namespace quantrail
