#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/open_store.h"
#include "app/ranking_text.h"
#include "app/records_json.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

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

}  // namespace

int run(const Options& options, const RankCommand& command) {
  auto named = named_run(options, command.run, tracking::Store::Mode::Read);
  if (!named) return complained(named.error());
  const auto details = named->runs.show(named->id);
  if (!details) return complained(details.error());
  const auto ranking = ranking_of(*details, command.ranking);
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
