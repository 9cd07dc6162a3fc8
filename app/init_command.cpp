#include <fmt/format.h>

#include <algorithm>

#include "app/commands.h"
#include "app/computable.h"
#include "app/exit_code.h"
#include "app/guess_config.h"
#include "app/guess_data.h"
#include "app/prepare.h"
#include "base/files.h"
#include "base/text.h"
#include "model/canonical.h"
#include "model/load.h"
#include "tui/shell_text.h"

namespace quantrail::app {
namespace {

namespace fs = std::filesystem;

fs::path whole(const std::string& path) { return path.empty() ? fs::path() : fs::absolute(path).lexically_normal(); }

Result<std::optional<DataSpec>> side_of(const std::string& path, const std::string& labels, const Graph& graph,
                                        Side side) {
  if (path.empty()) return std::nullopt;
  auto spec = guessed_data(whole(path), whole(labels), graph.inputs, side);
  if (!spec) return failed(spec);
  return std::move(*spec);
}

Result<Guessed> guess(const InitCommand& command) {
  const auto model = load_model(command.model);
  if (!model) return failed(model);
  const auto graph = canonicalised(model->graph);
  if (!graph) return failed(graph, command.model);
  const bool quantized = std::any_of(graph->nodes.begin(), graph->nodes.end(),
                                     [](const Node& node) { return node.op == "QuantizeLinear"; });
  if (quantized) {
    return fail(Cause::InvalidInput, "{}: is quantized already: begin with the float model that it was made from",
                printable(command.model));
  }
  auto calibration = side_of(command.calibration, "", *graph, Side::Calibration);
  if (!calibration) return failed(calibration, "--calibration");
  if (*calibration) (*calibration)->labels.clear();  // found beside the samples, and not needed
  const auto validation = side_of(command.validation, command.labels, *graph, Side::Validation);
  if (!validation) return failed(validation, "--validation");
  Guessed guessed = guessed_config(*graph, *calibration, *validation);
  guessed.model = whole(command.model);
  // With data, `check` says so.
  if (!*calibration) {
    if (const auto can = computable(*graph); !can)
      guessed.left.push_back("model: it cannot be computed: " + printable(can.error().message));
  }
  return guessed;
}

void tell(const std::string& file, const Guessed& guessed) {
  fmt::print("wrote {}\n", printable(file));
  for (const auto& what : guessed.told) fmt::print("guessed: {}\n", what);
  for (const auto& what : guessed.left) fmt::print("CHECK {}\n", what);
}

/// What `check` says of it; what is left to fill in is no failure.
void tell_check(const std::string& file, bool measured) {
  const std::string word = printable(tui::shell_quoted(file));
  auto config = load_config(file, {});
  const auto p = config ? prepared(std::move(*config), Purpose::Run, sha256_file) : failed(config);
  if (p) {
    fmt::print("`quantrail check {}` finds nothing wrong\n", word);
    if (measured) fmt::print("next: quantrail evaluate {}   is the float model as good as it should be?\n", word);
    fmt::print("{}quantrail run {}\n", measured ? "then: " : "next: ", word);
  } else {
    fmt::print("not yet complete, `quantrail check {}` says: {}\n", word, printable(p.error().message));
  }
}

}  // namespace

int run(const Options&, const InitCommand& command) {
  const std::string file = command.output.empty() ? fs::path(command.model).stem().string() + ".json" : command.output;
  std::error_code unknown;
  if (fs::exists(file, unknown) && !command.force) {
    return complained({Cause::InvalidInput,
                       fmt::format("{}: is there already; --force replaces it, -o names another", printable(file))});
  }
  if (!command.labels.empty() && command.validation.empty())
    return complained({Cause::InvalidInput, "--labels are those of --validation, which is missing"});
  const auto guessed = guess(command);
  if (!guessed) return complained(guessed.error());
  const auto written = write_file(file, config_file(*guessed, whole(file).parent_path()));
  if (!written) return complained(written.error());
  tell(file, *guessed);
  if (guessed->calibration) tell_check(file, guessed->metric.has_value());
  return kDone;
}

}  // namespace quantrail::app
