#!/bin/bash
# Written by kproof: `kproof run --on slurm`.
#SBATCH --job-name=kproof-quickstart-work
#SBATCH '--output=/shared/out dir/slurm/worker-%A_%a.log'
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --time=60
#SBATCH --signal=B:TERM@60
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=3073M
#SBATCH --array=0-3
#SBATCH --kill-on-invalid-dep=yes
#SBATCH --partition=debug
#SBATCH '--comment=it'\''s mine'
exec /opt/kproof/bin/kproof worker '/shared/out dir' --time-limit 3540s
