@echo off
rem Installs the course from this folder without a network, and opens it:   install.bat [FOLDER]
where py >nul 2>nul
if not errorlevel 1 (
    py "%~dp0install.py" %*
    goto end
)
where python >nul 2>nul
if not errorlevel 1 (
    python "%~dp0install.py" %*
    goto end
)
echo There is no Python on this computer. README.txt says which version the course needs.
:end
if errorlevel 1 pause
