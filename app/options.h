#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "export/profile.h"

namespace quantrail::app {

enum class Format { Text, Json, Csv };

/// What was typed, one struct per command.
struct RunCommand {
  std::string config{};
  std::vector<std::string> overrides{};  ///< --set
  std::string from{};                    ///< RUN or RUN@IT to branch off; `config` is empty then
  std::string like{};                    ///< RUN whose configuration it has; `config` is empty then
  std::string name{};
  std::vector<std::string> tags{};
  std::string after{};      ///< run to wait for
  std::size_t at_once = 0;  ///< wait until fewer runs than this are at work; 0: do not
  std::string notify{};     ///< for a shell, when it ends
  bool detach = false;
};
struct ResumeCommand {
  std::string run{};
  bool take_over = false;  ///< from a worker on another machine that gives no sign of life
  bool detach = false;
};
struct WorkerCommand {  ///< what --detach starts; not shown in the help
  std::string run{};
  bool in_turn = false;  ///< wait until the run may begin
  bool take_over = false;
};
struct StopCommand {
  std::string run{};
};
struct PauseCommand {
  std::string run{};
};
struct WatchCommand {
  std::string run{};
};
struct ListCommand {
  std::vector<std::string> filter{};  ///< words of one filter
  std::string sort{};
  bool reverse = false;
  std::vector<std::string> columns{};
  std::string view{};
  std::string save_view{};
  std::string forget_view{};
  bool views = false;
  bool trash = false;
  Format format = Format::Text;
};
struct TagCommand {
  std::string run{};
  std::vector<std::string> tags{};
  bool remove = false;
};
struct NoteCommand {
  std::string run{};
  std::optional<std::string> text{};  ///< nothing: the note is shown
};
struct StarCommand {
  std::string run{};
  bool remove = false;
};
struct RenameCommand {
  std::string run{};
  std::string name{};
};
struct RmCommand {
  std::vector<std::string> runs{};
};
struct RelinkCommand {
  std::string run{};
  std::string model{};
};
struct BackupCommand {
  std::string folder{};
  bool database_only = false;
};
struct GcCommand {
  std::vector<std::string> scopes{};  ///< empty: only what there is is told
  bool dry_run = false;
  bool by_run = false;
  Format format = Format::Text;
};
struct RecoverCommand {};
struct CompareCommand {
  std::vector<std::string> runs{};
  bool all = false;  ///< equal settings and layers too
  Format format = Format::Text;
};
struct UndoCommand {
  std::string run{};  ///< empty: the latest removal
};
struct ShowCommand {
  std::string run{};
  bool config = false;  ///< its configuration instead
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
  bool force = false;  ///< replace whatever file is there
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
  bool forecast = false;
  Format format = Format::Text;
};
struct InitCommand {
  std::string model{};
  std::string calibration{};
  std::string validation{};
  std::string labels{};  ///< of `validation`
  std::string output{};  ///< empty: the model's name in the current folder
  bool force = false;
};
struct ConfigCommand {
  std::string key{};  ///< or a section; empty: all
  bool markdown = false;
  Format format = Format::Text;
};
struct DoctorCommand {
  Format format = Format::Text;
};
struct TuiCommand {
  std::string script{};  ///< keys from a file instead of a terminal
  std::string size{};    ///< of the screen that the script sees
};

using Command =
    std::variant<RunCommand, ResumeCommand, WorkerCommand, StopCommand, PauseCommand, WatchCommand, ListCommand,
                 TagCommand, NoteCommand, StarCommand, RenameCommand, RmCommand, UndoCommand, RelinkCommand,
                 BackupCommand, GcCommand, RecoverCommand, CompareCommand, ShowCommand, RankCommand, ExportCommand,
                 EvaluateCommand, InspectCommand, CheckCommand, InitCommand, ConfigCommand, DoctorCommand, TuiCommand>;

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

/// The commands that --help shows, with what they do.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> command_names();

}  // namespace quantrail::app
