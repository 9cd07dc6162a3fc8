#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "export/profile.h"

namespace quantrail::app {

enum class Format { Text, Json, Csv };

/// What was typed, one struct per command.
struct RunCommand {
  std::string config{};
  std::vector<std::string> overrides{};  ///< --set
  std::string name{};
  bool detach = false;
};
struct ResumeCommand {
  std::string run{};
  bool detach = false;
};
struct WorkerCommand {  ///< what --detach starts; not shown in the help
  std::string run{};
};
struct StopCommand {
  std::string run{};
};
struct WatchCommand {
  std::string run{};
};
struct ListCommand {
  Format format = Format::Text;
};
struct ShowCommand {
  std::string run{};
  Format format = Format::Text;
};
struct RankCommand {
  std::string target{};                  ///< a run, or a configuration whose layers are ranked now
  std::vector<std::string> overrides{};  ///< --set, of a configuration
  std::optional<std::size_t> ranking{};  ///< default: the last one
  std::size_t ignored = 0;               ///< how many groups an "ignored" section shall name; 0: the ranking is shown
  Format format = Format::Text;
};
struct ExportCommand {
  std::string target{};  ///< RUN or RUN@IT
  std::string output{};
  bool sidecar = false;
  ExportProfile profile = ExportProfile::OnnxRuntime;
  bool verify = false;
};
struct EvaluateCommand {
  std::string target{};  ///< a configuration, or RUN@IT
  std::vector<std::string> overrides{};
  std::string model{};  ///< instead of the configuration's
  Format format = Format::Text;
};
struct InspectCommand {
  std::string target{};       ///< a model file; with `quantization` or `fusion` RUN or RUN@IT
  bool quantization = false;  ///< what the quantization does to real activations
  std::int64_t samples = 32;
  std::string sort = "graph";  ///< or "name", "sqnr", "clipped", "saturation"
  bool fusion = false;
  ExportProfile profile = ExportProfile::OnnxRuntime;  ///< with `fusion`
  Format format = Format::Text;
};
struct CheckCommand {
  std::string config{};
  std::vector<std::string> overrides{};
  Format format = Format::Text;
};
struct DoctorCommand {
  Format format = Format::Text;
};
struct TuiCommand {};

using Command =
    std::variant<RunCommand, ResumeCommand, WorkerCommand, StopCommand, WatchCommand, ListCommand, ShowCommand,
                 RankCommand, ExportCommand, EvaluateCommand, InspectCommand, CheckCommand, DoctorCommand, TuiCommand>;

struct Options {
  std::string store{};  ///< --store; empty: the default
  Command command = TuiCommand{};
};

/// Reads the command line. When there is nothing to do but print (--help, --version, wrong usage) it was printed, and
/// `exit_code` holds what to end with.
struct Parsed {
  std::optional<Options> options{};
  int exit_code = 0;
};
[[nodiscard]] Parsed parsed_options(int argc, const char* const* argv);

}  // namespace quantrail::app
