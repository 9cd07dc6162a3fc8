#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/progress.h"
#include "app/ranking_text.h"
#include "app/records_json.h"
#include "app/signals.h"
#include "app/worker.h"
#include "base/text.h"
#include "run/execute.h"
#include "tracking/answers.h"

namespace quantrail::app {
namespace {

/// `index`: nothing for the last one.
Result<RankingRecord> ranking_of(const tracking::RunDetails& details, const std::optional<std::size_t>& index) {
  const auto& rankings = details.rankings;
  const std::string run = printable(details.summary.name);
  if (rankings.empty()) {
    return fail(
        Cause::InvalidInput,
        "run '{}' has no ranking: layers are ranked by AccuracyAwareQuantization, once the quantized model misses "
        "the target",
        run);
  }
  const std::size_t at = index.value_or(rankings.size() - 1);
  if (at >= rankings.size()) {
    return fail(Cause::InvalidInput, "run '{}' has no ranking {}: there are 0 to {}", run, at, rankings.size() - 1);
  }
  return rankings[at];
}

/// Keeps the ranking, and records nothing.
class RankingKeeper final : public RunRecorder {
 public:
  Status baseline(const Baseline&) override { return {}; }
  Status ranking(const RankingRecord& ranking) override {
    kept = ranking;
    return {};
  }
  Status iteration(const IterationRecord&) override { return {}; }
  Status finished(const RunResult&) override { return {}; }
  Status note(std::string_view) override { return {}; }

  std::optional<RankingRecord> kept{};
};

/// Shows on standard error how the work goes, but not what it comes to: that goes to standard output.
class WorkPrinter final : public RunObserver {
 public:
  void on_event(const RunEvent& event) noexcept override {
    if (event.index() <= kLastOfWork) printer_.on_event(event);
  }

 private:
  static constexpr std::size_t kLastOfWork = RunEvent(Noted{}).index();
  ProgressPrinter printer_{stderr, ::isatty(STDERR_FILENO) == 1};
};

/// Ranks the layers of a configuration's quantized model; what the store knows is not computed again.
Result<RankingRecord> ranked_now(const Options& options, const RankCommand& command) {
  if (command.ranking) return fail(Cause::InvalidInput, "--ranking goes with a run: a configuration has no rankings");
  auto config = load_config(command.target, command.overrides);
  if (!config) return failed(config);
  const auto store = opened_store(options, tracking::Store::Mode::Create);
  if (!store) return failed(store);
  const auto p = prepared(std::move(*config), Purpose::Run, remembering_hasher(*store));
  if (!p) return failed(p);
  auto answers = tracking::Answers::open(*store);
  if (!answers) return failed(answers);
  RunInputs inputs = inputs_of(*p);
  inputs.rank_only = true;
  RankingKeeper keeper;
  WorkPrinter printer;
  std::stop_source stop;
  const StopOnSignals signals(stop);
  const auto result = execute(inputs, **answers, keeper, printer, stop.get_token());
  if (!result && result.error().cause == Cause::Cancelled) {
    return fail(Cause::Cancelled, "stopped; what is done is remembered, and the same command goes on from there");
  }
  if (!result) return failed(result);
  if (!keeper.kept) {
    return fail(Cause::InvalidInput, "{}: nothing of the network is quantized, so there is no layer to rank",
                command.target);
  }
  return *keeper.kept;
}

Result<RankingRecord> recorded(const Options& options, const RankCommand& command) {
  if (!command.overrides.empty()) return fail(Cause::InvalidInput, "--set goes with a configuration, not with a run");
  auto named = named_run(options, command.target, tracking::Store::Mode::Read);
  if (!named) return failed(named);
  const auto details = named->runs.show(named->id);
  if (!details) return failed(details);
  // Later rankings leave out what was in float already, without which the rest is worth something else.
  const bool first = command.ignored > 0 && !command.ranking;
  return ranking_of(*details, first ? 0 : command.ranking);
}

}  // namespace

int run(const Options& options, const RankCommand& command) {
  const bool is_file = std::filesystem::exists(command.target) || command.target.ends_with(".json");
  const auto ranking = is_file ? ranked_now(options, command) : recorded(options, command);
  if (!ranking) return complained(ranking.error());
  if (command.ignored > 0) {
    fmt::print("{}", ignored_section(*ranking, command.ignored));
    return kDone;
  }
  switch (command.format) {
    case Format::Json: fmt::print("{}\n", ranking_record_json(*ranking)); break;
    case Format::Csv: fmt::print("{}", ranking_csv(*ranking)); break;
    case Format::Text: fmt::print("{}", ranking_text(*ranking)); break;
  }
  return kDone;
}

}  // namespace quantrail::app
