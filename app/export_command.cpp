#include "app/export_command.h"

#include <fmt/format.h>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/iteration_model.h"
#include "app/records_json.h"
#include "base/files.h"

namespace quantrail::app {

Result<std::string> exported_to(const Options& options, std::string_view target, const std::filesystem::path& path,
                                bool sidecar) {
  const auto named = named_iteration(options, target);
  if (!named) return failed(named);
  std::error_code not_there;
  if (std::filesystem::equivalent(path, named->details.model_path, not_there)) {
    return fail(Cause::InvalidInput, "{}: is the model that run {} began with; name another file", path.string(),
                named->run.id);
  }
  const auto file = iteration_file(*named);
  if (!file) return failed(file);
  if (auto written = write_file(path, file->bytes); !written) return failed(written);
  if (sidecar) {
    std::filesystem::path beside = path;
    beside += ".json";
    if (auto written = write_file(beside, sidecar_json(named->details, named->iteration) + "\n"); !written)
      return failed(written);
  }
  const std::string drop =
      named->iteration.drops.empty() ? "not measured" : fmt::format("drop {:.4f}", named->iteration.drop);
  return fmt::format("{}: iteration {} of run {}, {:.2f} MiB, {}", path.string(), named->iteration.index, named->run.id,
                     static_cast<double>(file->bytes.size()) / 1048576.0, drop);
}

int run(const Options& options, const ExportCommand& command) {
  const auto told = exported_to(options, command.target, command.output, command.sidecar);
  if (!told) {
    // A target that cannot be written is the user's to mend.
    const Cause cause = told.error().cause == Cause::Storage &&
                                !std::filesystem::exists(std::filesystem::absolute(command.output).parent_path())
                            ? Cause::InvalidInput
                            : told.error().cause;
    return complained({cause, told.error().message});
  }
  fmt::print("{}\n", *told);
  return kDone;
}

}  // namespace quantrail::app
