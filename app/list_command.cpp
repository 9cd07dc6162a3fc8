#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/numbers.h"
#include "app/open_store.h"
#include "app/records_json.h"
#include "app/table.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

std::vector<std::string> row_of(const tracking::RunSummary& run) {
  return {std::to_string(run.id),
          run.name,
          std::string(tracking::name_of(run.state)),
          run.outcome ? std::string(quantrail::name_of(*run.outcome)) : "",
          run.model,
          run.metric,
          decimals(run.float_metric),
          decimals(run.quantized),
          decimals(run.best),
          run.best ? decimals(run.drop) : "-",
          std::to_string(run.reverted),
          std::to_string(run.iterations),
          time_text(run.created_ms),
          joined(run.tags, " ")};
}

}  // namespace

int run(const Options& options, const ListCommand& command) {
  const auto store = opened_store(options, tracking::Store::Mode::Read);
  if (!store) return complained(store.error());
  auto runs = tracking::Runs::open(*store);
  if (!runs) return complained(runs.error());
  const auto summaries = runs->list();
  if (!summaries) return complained(summaries.error());
  std::vector<std::vector<std::string>> rows;
  for (const auto& summary : *summaries) rows.push_back(row_of(summary));
  const std::vector<std::string> titles{"id",        "name", "state", "outcome",  "model",      "metric",  "float",
                                        "quantized", "best", "drop",  "reverted", "iterations", "created", "tags"};
  if (command.format == Format::Json) {
    fmt::print("{}\n", list_json(*summaries));
  } else if (command.format == Format::Csv) {
    fmt::print("{}", csv(titles, rows));
  } else if (rows.empty()) {
    fmt::print("no runs in {}; start one with: quantrail run CONFIG.json\n", store->folder().string());
  } else {
    const auto right = Align::Right;
    const auto left = Align::Left;
    fmt::print("{}",
               table(titles, rows,
                     {right, left, left, left, left, left, right, right, right, right, right, right, left, left}));
  }
  return kDone;
}

}  // namespace quantrail::app
