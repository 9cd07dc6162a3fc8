#pragma once

#include "app/options.h"

namespace quantrail::app {

/// Each does what its command says, prints, and returns the exit code.
[[nodiscard]] int run(const Options& options, const RunCommand& command);
[[nodiscard]] int run(const Options& options, const ResumeCommand& command);
[[nodiscard]] int run(const Options& options, const WorkerCommand& command);
[[nodiscard]] int run(const Options& options, const StopCommand& command);
[[nodiscard]] int run(const Options& options, const PauseCommand& command);
[[nodiscard]] int run(const Options& options, const WatchCommand& command);
[[nodiscard]] int run(const Options& options, const ListCommand& command);
[[nodiscard]] int run(const Options& options, const TagCommand& command);
[[nodiscard]] int run(const Options& options, const NoteCommand& command);
[[nodiscard]] int run(const Options& options, const StarCommand& command);
[[nodiscard]] int run(const Options& options, const RenameCommand& command);
[[nodiscard]] int run(const Options& options, const RmCommand& command);
[[nodiscard]] int run(const Options& options, const UndoCommand& command);
[[nodiscard]] int run(const Options& options, const RelinkCommand& command);
[[nodiscard]] int run(const Options& options, const BackupCommand& command);
[[nodiscard]] int run(const Options& options, const GcCommand& command);
[[nodiscard]] int run(const Options& options, const RecoverCommand& command);
[[nodiscard]] int run(const Options& options, const CompareCommand& command);
[[nodiscard]] int run(const Options& options, const ShowCommand& command);
[[nodiscard]] int run(const Options& options, const RankCommand& command);
[[nodiscard]] int run(const Options& options, const ExportCommand& command);
[[nodiscard]] int run(const Options& options, const EvaluateCommand& command);
[[nodiscard]] int run(const Options& options, const InspectCommand& command);
[[nodiscard]] int run(const Options& options, const CheckCommand& command);
[[nodiscard]] int run(const Options& options, const InitCommand& command);
[[nodiscard]] int run(const Options& options, const ConfigCommand& command);
[[nodiscard]] int run(const Options& options, const DoctorCommand& command);
[[nodiscard]] int run(const Options& options, const TuiCommand& command);

}  // namespace quantrail::app
